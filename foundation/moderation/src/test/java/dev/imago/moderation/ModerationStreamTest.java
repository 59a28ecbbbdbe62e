package dev.imago.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModerationStreamTest {
  private static final Moderator BOTH =
      new ModeratorPair(
          new WordListModerator(Map.of("rude", List.of("fubar", "dirty word", "笨蛋"))),
          new RuleModerator(Map.of("harm", List.of("(?i)kill\\s+your(self|selves)"))));

  /// What goes out when a text comes in pieces, and by what it was ended.
  private static String sent(String text, Random cuts) {
    var stream = new ModerationStream(BOTH);
    var out = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      int to = Math.min(text.length(), at + 1 + cuts.nextInt(7));
      out.append(stream.append(text.substring(at, to)));
      at = to;
    }
    out.append(stream.finish());
    return out + "|" + stream.flagged().map(ModerationVerdict::flagged).orElse(Set.of());
  }

  @Test
  void whatGoesOutIsTheSameAtEveryCut() {
    String words = "a long stretch without an end ".repeat(40);
    Map<String, String> wanted =
        Map.of(
            "All is well. It is.\nYes",
            "All is well. It is.\nYes|[]",
            "All is well. You fubar! Bye.",
            "All is well. |[rude]",
            "好的。你这笨蛋。再见。",
            "好的。|[rude]",
            "Now kill\nyourself.",
            "Now kill\n|[harm]",
            words,
            words + "|[]",
            words + "dirty word",
            words.substring(0, 1190) + "|[rude]");
    wanted.forEach(
        (text, sent) -> {
          var random = new Random(7);
          for (int i = 0; i < 20; i++) {
            String got = sent(text, random);
            if (text.endsWith("dirty word")) { // where the last segment begins is not its promise
              assertTrue(text.startsWith(got.substring(0, got.indexOf('|'))), got);
              assertTrue(got.endsWith("|[rude]"), got);
            } else {
              assertEquals(sent, got);
            }
          }
        });
  }

  @Test
  void noMoreIsHeldBackThanASegment() {
    var stream = new ModerationStream(BOTH);
    int out = 0;
    String text = "字".repeat(5_000);
    for (int i = 0; i < text.length(); i++) {
      out += stream.append(text.substring(i, i + 1)).length();
      assertTrue(i + 1 - out <= ModerationStream.LONGEST);
    }
    assertEquals(5_000, out + stream.finish().length());
    assertFalse(stream.flagged().isPresent());
  }

  @Test
  void aPhraseAcrossTwoSegmentsIsFound() {
    var stream = new ModerationStream(BOTH);
    assertEquals("please kill\n", stream.append("please kill\n") + stream.append("yourselves"));
    assertEquals("", stream.finish());
    assertEquals(Set.of("harm"), stream.flagged().orElseThrow().flagged());
    assertEquals("please kill\nyourselves", stream.flaggedText());
    assertEquals("", stream.append("more.\n"));
  }

  @Test
  void settingsThatJudgeNothingAreRefused() {
    var blocks = new ModerationRules(ModerationAction.BLOCK, ModerationAction.OFF, Map.of());
    assertThrows(
        ConfigException.class,
        () -> new TenantModeration(Optional.empty(), Optional.empty(), blocks, Map.of(), false));
    var unknown =
        new ModerationRules(ModerationAction.BLOCK, ModerationAction.OFF, Map.of("spam", 0.5));
    assertThrows(
        ConfigException.class,
        () ->
            new TenantModeration(
                Optional.of(BOTH),
                Optional.empty(),
                ModerationRules.OFF,
                Map.of("a", unknown),
                false));
    assertThrows(ConfigException.class, () -> new RuleModerator(Map.of("a", List.of("(a"))));
  }
}
