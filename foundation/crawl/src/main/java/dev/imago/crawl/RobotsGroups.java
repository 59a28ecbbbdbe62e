package dev.imago.crawl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What robots.txt says of training, in the group of an agent: lines of Content-Signal
/// (<https://contentsignals.org>) and of Content-Usage (draft-ietf-aipref-attach), which parsers of
/// RFC 9309 pass over.
///
/// @param rules in their order
record RobotsGroups(List<Rule> rules) {
  /// @param path the pattern that it holds for
  /// @param refusal why what it holds for is not kept; empty where training is not refused
  record Rule(String path, String refusal) {}

  /// @param product the agent's, in small letters
  static RobotsGroups of(String robots, String product) {
    var own = new ArrayList<Rule>();
    var everybody = new ArrayList<Rule>();
    boolean named = false;
    boolean isOwn = false;
    boolean isEverybody = false;
    boolean agents = false;
    boolean first = true;
    for (String line : robots.split("\\r\\n?|\\n")) {
      String plain = line.replaceFirst("#.*", "").strip();
      int colon = plain.indexOf(':');
      if (colon <= 0) {
        continue;
      }
      String field = plain.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = plain.substring(colon + 1).strip();
      if (field.equals("user-agent")) {
        isOwn = agents && isOwn;
        isEverybody = agents && isEverybody;
        String token = value.toLowerCase(Locale.ROOT).replaceFirst("[^a-z_*-].*", "");
        isOwn |= token.equals(product);
        isEverybody |= token.equals("*");
        named |= token.equals(product);
        agents = true;
        first = false;
        continue;
      }
      agents = false;
      if (field.equals("content-signal") || field.equals("content-usage")) {
        boolean path = value.startsWith("/");
        String pattern = path ? value.split("\\s+", 2)[0] : "/";
        String text = path ? value.substring(pattern.length()) : value;
        var rule = new Rule(pattern, Refusals.noTraining(text, "robots.txt"));
        if (isOwn) {
          own.add(rule);
        }
        if (isEverybody || first) { // a signal before the first group is everybody's
          everybody.add(rule);
        }
      }
    }
    return new RobotsGroups(named ? own : everybody);
  }

  /// Why a path and query is not kept; empty where training is not refused. The longest pattern
  /// decides.
  String refusal(String target) {
    String refusal = "";
    int longest = -1;
    for (Rule rule : rules) {
      if (rule.path.length() > longest && PathPattern.matches(rule.path, target)) {
        longest = rule.path.length();
        refusal = rule.refusal;
      }
    }
    return refusal;
  }
}
