package dev.imago.crawl;

import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import dev.imago.fetch.WebAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an origin allows an agent: its robots.txt (RFC 9309), what that says of training, and its
/// reservation of text and data mining (`/.well-known/tdmrep.json`).
final class RobotsRules {
  /// What is read of robots.txt, as RFC 9309, 2.5 asks for.
  static final int MOST_BYTES = 500 << 10;

  private final BaseRobotRules rules;

  /// What is told of what it closes.
  private final String closed;

  private final RobotsGroups training;
  private final List<String> reserved;

  private RobotsRules(
      BaseRobotRules rules, String closed, RobotsGroups training, List<String> reserved) {
    this.rules = rules;
    this.closed = closed;
    this.training = training;
    this.reserved = reserved;
  }

  static RobotsRules of(String origin, Frontier.RobotsAnswer answer, String product) {
    int status = answer.status();
    if (status < 200 || status >= 500) {
      return new RobotsRules(
          new SimpleRobotRules(SimpleRobotRules.RobotRulesMode.ALLOW_NONE),
          status == 0 ? "robots.txt (out of reach)" : "robots.txt (status %d)".formatted(status),
          new RobotsGroups(List.of()),
          List.of());
    }
    List<String> reserved = reserved(answer.mined());
    if (status >= 300) { // none is there (RFC 9309, 2.3.1.3)
      return new RobotsRules(
          new SimpleRobotRules(SimpleRobotRules.RobotRulesMode.ALLOW_ALL),
          "",
          new RobotsGroups(List.of()),
          reserved);
    }
    // However long a delay is asked for, it is no reason to stay away.
    var parser = new SimpleRobotRulesParser(Long.MAX_VALUE / 2, 0);
    BaseRobotRules rules =
        parser.parseContent(
            origin + "/robots.txt",
            answer.body().getBytes(StandardCharsets.UTF_8),
            "text/plain",
            Set.of(product));
    return new RobotsRules(rules, "robots.txt", RobotsGroups.of(answer.body(), product), reserved);
  }

  /// The patterns of paths whose mining is reserved.
  private static List<String> reserved(String file) {
    var patterns = new ArrayList<String>();
    try {
      for (JsonNode each : JsonMapper.shared().readTree(file)) {
        if (each.path("tdm-reservation").asInt(0) == 1) {
          patterns.add(each.path("location").asString("/"));
        }
      }
    } catch (JacksonException e) {
      return List.of();
    }
    return patterns;
  }

  /// Whether all is closed, so that no further file need be asked for.
  boolean closed() {
    return rules.isAllowNone();
  }

  /// Why an address is not asked for; empty where it may be.
  String refusal(WebAddress address) {
    if (!rules.isAllowed(address.toString())) {
      return closed;
    }
    String refusal = training.refusal(address.target());
    if (!refusal.isEmpty()) {
      return refusal;
    }
    boolean mined = reserved.stream().anyMatch(p -> PathPattern.matches(p, address.target()));
    return mined ? "tdm-reservation (tdmrep.json)" : "";
  }

  /// Whether robots.txt lets a file be asked for that is no page: a sitemap.
  boolean allows(WebAddress address) {
    return rules.isAllowed(address.toString());
  }

  /// Milliseconds between two requests; 0 where none are asked for.
  long delayMillis() {
    return Math.max(0, rules.getCrawlDelay());
  }

  List<String> sitemaps() {
    return rules.getSitemaps();
  }
}
