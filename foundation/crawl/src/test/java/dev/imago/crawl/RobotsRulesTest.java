package dev.imago.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fetch.WebAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RobotsRulesTest {
  private static RobotsRules rules(int status, String body, String mined) {
    return RobotsRules.of(
        "https://example.org", new Frontier.RobotsAnswer(status, body, mined, 0), "testbot");
  }

  private static String refusal(RobotsRules rules, String path) {
    return rules.refusal(Objects.requireNonNull(WebAddress.of("https://example.org" + path)));
  }

  @Test
  void whatAnswersWithNoRulesIsOpenOnlyWhereNoneAreThere() {
    assertEquals("", refusal(rules(404, "", ""), "/x"));
    assertEquals("", refusal(rules(403, "", ""), "/x"));
    assertEquals("robots.txt (status 503)", refusal(rules(503, "", ""), "/x"));
    assertEquals("robots.txt (out of reach)", refusal(rules(0, "", ""), "/x"));
  }

  @Test
  void theLongestRuleOfTheOwnGroupDecides() {
    var rules =
        rules(
            200,
            "User-Agent: TestBot\n"
                + "Disallow: /a\n"
                + "Allow: /a/open$\n"
                + "Crawl-delay: 86400\n\n"
                + "User-agent: *\n"
                + "Disallow: /",
            "");
    assertEquals("robots.txt", refusal(rules, "/a/x"));
    assertEquals("", refusal(rules, "/a/open"));
    assertEquals("", refusal(rules, "/b"));
    assertEquals(86_400_000, rules.delayMillis(), "however long");
  }

  @Test
  void trainingIsRefusedByTheOwnGroupOrTheOneOfAll() {
    String all = "User-agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /\n";
    assertEquals("ai-train=no (robots.txt)", refusal(rules(200, all, ""), "/x"));
    assertEquals("", refusal(rules(200, all + "\nUser-agent: testbot\nAllow: /\n", ""), "/x"));
    String usage =
        "User-agent: testbot\nContent-Usage: train-ai=y\nContent-Usage: /p train-ai=n\nAllow: /";
    assertEquals("train-ai=no (robots.txt)", refusal(rules(200, usage, ""), "/p/1"));
    assertEquals("", refusal(rules(200, usage, ""), "/x"));
    assertEquals("", refusal(rules(200, all.replace("ai-train=no", "ai-input=no"), ""), "/x"));
  }

  @Test
  void reservationsHoldForTheirPaths() {
    var rules =
        rules(
            404,
            "",
            "[{\"location\":\"/a*.html\",\"tdm-reservation\":1},{\"location\":\"/b\",\"tdm-reservation\":0}]");
    assertEquals("tdm-reservation (tdmrep.json)", refusal(rules, "/a/1.html"));
    assertEquals("", refusal(rules, "/a/1.txt"));
    assertEquals("", refusal(rules, "/b"));
    assertEquals("", refusal(rules(404, "", "<html>"), "/a"));
  }

  @Test
  void patternsAreThoseOfRobotsTxt() {
    assertTrue(PathPattern.matches("/a*b", "/aXXbYY"));
    assertTrue(PathPattern.matches("/*.php$", "/x/y.php"));
    assertFalse(PathPattern.matches("/*.php$", "/x/y.php?q"));
    assertFalse(PathPattern.matches("/ab", "/a"));
    assertFalse(PathPattern.matches("/" + "a*".repeat(30) + "b", "/" + "a".repeat(10_000)));
  }
}
