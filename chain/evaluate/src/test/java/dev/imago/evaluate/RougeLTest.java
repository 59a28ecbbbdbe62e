package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RougeLTest {
  @Test
  void linsExampleOfPoliceAndGunman() {
    // Lin 2004, §3.1: S2 scores 3/4 and S3 2/4 against S1; all have four words, so F1 is the same.
    String s1 = "police killed the gunman";
    assertEquals(0.75, RougeL.f1("police kill the gunman", s1), 1e-12);
    assertEquals(0.5, RougeL.f1("the gunman kill police", s1), 1e-12);
  }

  @Test
  void unequalLengthsGiveTheHarmonicMean() {
    // 2 common words of 2 said and of 4 wanted: precision 1, recall 1/2.
    assertEquals(2.0 / 3, RougeL.f1("returns length", "Returns the string length"), 1e-12);
  }

  @Test
  void wordsAreLowerCaseRunsOfLettersAndDigits() {
    assertEquals(
        List.of("returns", "utf", "8", "naïve", "code", "inputstream"),
        RougeL.words("Returns UTF-8, naïve {@code InputStream}."));
    assertEquals(1, RougeL.f1("the End!", "The end"), 1e-12);
  }

  @Test
  void orderMatters() {
    assertEquals(0.5, RougeL.f1("b a", "a b"), 1e-12);
  }

  @Test
  void aCharacterIsAWordWhereAScriptPutsNoBlanks() {
    assertEquals(List.of("返", "回", "string", "的", "长", "度"), RougeL.words("返回 String 的长度。"));
    assertEquals(1, RougeL.f1("返回长度", "返回长度。"), 1e-12);
    // Three characters of four said, of five wanted: 2 · (3/4 · 3/5) / (3/4 + 3/5).
    assertEquals(2 * 0.75 * 0.6 / 1.35, RougeL.f1("明月光寒", "床前明月光"), 1e-12);
    assertEquals(List.of("あ", "り", "が", "と", "う"), RougeL.words("ありがとう"));
    assertEquals(List.of("ที่", "นี่"), RougeL.words("ที่นี่"), "marks stay on their letters");
    assertTrue(RougeL.isCharacter("的") && !RougeL.isCharacter("string"));
  }

  @Test
  void wordsOfEveryScriptCount() {
    assertEquals(
        List.of("привет", "мир", "हिन्दी", "ελληνικά"),
        RougeL.words("Привет, мир! हिन्दी Ελληνικά"));
    assertEquals(1, RougeL.f1("Größe", "größe"), 1e-12);
  }

  @Test
  void emptyOrWordlessTextScoresZero() {
    assertEquals(0, RougeL.f1("", "a"));
    assertEquals(0, RougeL.f1("a", "…"));
  }
}
