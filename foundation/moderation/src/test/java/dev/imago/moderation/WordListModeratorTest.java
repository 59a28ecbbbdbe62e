package dev.imago.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordListModeratorTest {
  private static final Moderator LISTS =
      new WordListModerator(
          Map.of("rude", List.of("fubar", "dirty word"), "gambling", List.of("赌博", "casino")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fubar",
        "FuBaR!",
        "ｆｕｂａｒ",
        "fúbàr",
        "fu\u200bbar",
        "f.u.b.a.r",
        "f u b a r",
        "fub4r",
        "fubаr",
        "so: fubar.",
        "a dirty  word",
        "dirty-word"
      })
  void hiddenWordsAreFound(String text) {
    assertEquals(Set.of("rude"), LISTS.judge(text).flagged());
  }

  @ParameterizedTest
  @ValueSource(strings = {"我要赌博吗", "赌 博", "赌*博", "去casino玩", "賭博？赌博"})
  void chineseIsFoundAnywhere(String text) {
    assertEquals(Set.of("gambling"), LISTS.judge(text).flagged());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fubarian", "dirty words", "赌气博学", "рак", "a b c", "casinos"})
  void otherWordsAreNot(String text) {
    assertFalse(LISTS.judge(text).isFlagged(), text);
    assertEquals(Map.of("rude", 0d, "gambling", 0d), LISTS.judge(text).scores());
  }

  @Test
  void thresholdsDecideAnew() {
    Moderator unsure =
        new Moderator() {
          @Override
          public Set<String> categories() {
            return Set.of("rude");
          }

          @Override
          public ModerationVerdict judge(String text) {
            return new ModerationVerdict(Map.of("rude", 0.4), Set.of());
          }
        };
    assertTrue(new ThresholdModerator(unsure, Map.of("rude", 0.4)).judge("x").isFlagged());
    assertFalse(new ThresholdModerator(unsure, Map.of("rude", 0.41)).judge("x").isFlagged());
    assertThrows(ConfigException.class, () -> new ThresholdModerator(unsure, Map.of("rude", 1.5)));
    ModerationVerdict both = unsure.judge("fubar").with(LISTS.judge("fubar"));
    assertEquals(1d, both.scores().get("rude"));
    assertEquals(Set.of("rude"), both.flagged());
  }

  @Test
  void aListWithoutLettersIsRefused() {
    assertThrows(
        ConfigException.class, () -> new WordListModerator(Map.of("rude", List.of("***"))));
  }
}
