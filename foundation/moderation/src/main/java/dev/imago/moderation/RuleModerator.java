package dev.imago.moderation;

import dev.imago.core.ConfigException;
import dev.imago.regex.OnigRegex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Flags texts that a regular expression matches somewhere, a list of them for each category. The
/// dialect is Oniguruma's, whose work is bounded: a text that needs more fails the request that
/// asks. Its scores are 0 and 1.
public final class RuleModerator implements Moderator {
  private final Map<String, List<OnigRegex>> rules = new TreeMap<>();

  /// @param patterns of each category its expressions; `(?i)` before one ignores case
  /// @throws ConfigException for what is no expression
  public RuleModerator(Map<String, List<String>> patterns) {
    patterns.forEach(
        (category, all) -> {
          var compiled = new ArrayList<OnigRegex>();
          for (String pattern : all) {
            try {
              compiled.add(OnigRegex.compile(pattern));
            } catch (IllegalArgumentException e) {
              throw new ConfigException(
                  "the rules of %s: %s".formatted(category, e.getMessage()), e);
            }
          }
          rules.put(category, compiled);
        });
  }

  @Override
  public Set<String> categories() {
    return Set.copyOf(rules.keySet());
  }

  @Override
  public ModerationVerdict judge(String text) {
    var scores = new TreeMap<String, Double>();
    var flagged = new TreeSet<String>();
    rules.forEach(
        (category, patterns) -> {
          boolean found = patterns.stream().anyMatch(pattern -> matches(pattern, text));
          scores.put(category, found ? 1d : 0d);
          if (found) {
            flagged.add(category);
          }
        });
    return new ModerationVerdict(scores, flagged);
  }

  private static boolean matches(OnigRegex pattern, String text) {
    var found = new boolean[1];
    pattern.findAll(text, (from, to) -> found[0] |= to > from);
    return found[0];
  }
}
