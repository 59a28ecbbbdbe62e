package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencesTest {
  /// Cuts are shown as `|`.
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          One is here. Two is there! Is it? Yes. ~ One is here.|Two is there!|Is it?|Yes.
          He met Dr. Smith and J. R. Tolkien. They talked. ~ He met Dr. Smith and J. R. Tolkien.|They talked.
          It costs 3.50 today, e.g. here, i.e. Now. ~ It costs 3.50 today, e.g. here, i.e. Now.
          "Is it?" he said. "It is." Then he left. ~ "Is it?" he said.|"It is."|Then he left.
          No end at all ~ No end at all
          Really?! (It is.) Good. ~ Really?!|(It is.)|Good.
          So am I. Good. ~ So am I.|Good.
          See a.b and x.y.z. Done. ~ See a.b and x.y.z.|Done.
          天下大势。分久必合！真的吗？真的 ~ 天下大势。|分久必合！|真的吗？|真的
          他说：“好。”然后走了。完 ~ 他说：“好。”|然后走了。|完
          版本是3.5版。Java很好。Good one. 好 ~ 版本是3.5版。|Java很好。|Good one.|好
          """)
  void sentencesEndWhereReadersEndThem(String text, String expected) {
    assertEquals(expected, String.join("|", Sentences.of(text)));
  }

  @Test
  void nothingIsLostButWhiteSpace() {
    String text = "A b. C  d!\n\n E。F？“G.” h (I. J) K... l ... M";
    assertEquals(
        text.replaceAll("\\s", ""), String.join("", Sentences.of(text)).replaceAll("\\s", ""));
    assertEquals(List.of(), Sentences.of(" \u3000\n"));
  }

  @Test
  void ideographsArePartsOfWords() {
    assertEquals(4, Sentences.words("天下大势分久必"), 1e-9);
    assertEquals(5, Sentences.words("It is 3.5, isn't it — !"), 1e-9);
    assertEquals(1 + 2 / 1.75, Sentences.words("Java很好"), 1e-9);
    assertTrue(Sentences.chinese("用Java写代码很好。"), "6 of 10 letters");
    assertFalse(Sentences.chinese("用Java写。"), "2 of 6 letters");
  }

  @Test
  void unfitSentencesAreNamed() {
    assertEquals("", Sentences.unfit("It is so here.", 3, 40));
    assertEquals("sentence too short", Sentences.unfit("It is.", 3, 40));
    assertEquals("sentence too long", Sentences.unfit("长".repeat(71) + "。", 3, 40));
    assertEquals("", Sentences.unfit("长".repeat(70) + "。", 3, 40));
    assertEquals("sentence without an end", Sentences.unfit("It is so here", 3, 40));
    assertEquals("sentence of few letters", Sentences.unfit("10 20 30 40 50 and.", 3, 40));
    assertFalse(Sentences.ended("。”a"));
    assertTrue(Sentences.ended("好。”"));
  }
}
