package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RougeTest {
  private static final Rouge ROUGE_L =
      new Rouge(Rouge.Variant.ROUGE_L, false, RougeWords.CHARACTERS);

  private static double f1(String hypothesis, String reference) {
    return ROUGE_L.sentence(hypothesis, List.of(reference));
  }

  private static List<String> words(String text) {
    return RougeWords.CHARACTERS.of().apply(text);
  }

  @Test
  void linsExampleOfPoliceAndGunman() {
    // Lin 2004, §3.1: S2 scores 3/4 and S3 2/4 against S1; all have four words, so F1 is the same.
    String s1 = "police killed the gunman";
    assertEquals(0.75, f1("police kill the gunman", s1), 1e-12);
    assertEquals(0.5, f1("the gunman kill police", s1), 1e-12);
  }

  @Test
  void unequalLengthsGiveTheHarmonicMean() {
    // 2 common words of 2 said and of 4 wanted: precision 1, recall 1/2.
    Rouge.Overlap overlap = ROUGE_L.overlap("returns length", "Returns the string length");
    assertEquals(new Rouge.Overlap(1, 0.5, 2.0 / 3), overlap);
  }

  @Test
  void stemsMakeFormsOfAWordTheSame() {
    var stemmed = new Rouge(Rouge.Variant.ROUGE_1, true, RougeWords.ROUGE_SCORE);
    assertEquals(1, stemmed.sentence("The dogs were running", List.of("the dog were runs")), 1e-12);
    assertEquals(
        0.5,
        Rouge.of(Rouge.Variant.ROUGE_1)
            .sentence("The dogs were running", List.of("the dog were runs")),
        1e-12);
  }

  @Test
  void chineseScoresOnlyWhereItsCharactersOrPartedWordsCount() {
    List<String> reference = List.of("床前明月光");
    assertEquals(0, Rouge.of(Rouge.Variant.ROUGE_1).sentence("床前明月光", reference));
    // Three characters of four said, of five wanted: 2 · (3/4 · 3/5) / (3/4 + 3/5).
    assertEquals(2 * 0.75 * 0.6 / 1.35, f1("明月光寒", "床前明月光"), 1e-12);
    var spaced = new Rouge(Rouge.Variant.ROUGE_1, false, RougeWords.SPACED);
    assertEquals(2.0 / 3, spaced.sentence("床前 月光", List.of("床前 明月光 月光 床前")), 1e-12);
    assertEquals(
        "nrefs:1|case:lc|stem:no|tok:spaced|agg:mean|version:rouge_score-0.1.2",
        spaced.signature(1));
  }

  @Test
  void aCharacterIsAWordWhereAScriptPutsNoBlanks() {
    assertEquals(List.of("返", "回", "string", "的", "长", "度"), words("返回 String 的长度。"));
    assertEquals(List.of("あ", "り", "が", "と", "う"), words("ありがとう"));
    assertEquals(List.of("ที่", "นี่"), words("ที่นี่"), "marks stay on their letters");
    assertTrue(RougeWords.isCharacter("的") && !RougeWords.isCharacter("string"));
  }

  @Test
  void wordsOfEveryScriptCount() {
    assertEquals(
        List.of("привет", "мир", "हिन्दी", "ελληνικά"), words("Привет, мир! हिन्दी Ελληνικά"));
    assertEquals(
        List.of("returns", "utf", "8", "naïve", "code", "inputstream"),
        words("Returns UTF-8, naïve {@code InputStream}."));
    assertEquals(1, f1("Größe", "größe"), 1e-12);
  }

  @Test
  void emptyOrWordlessTextScoresZero() {
    assertEquals(0, f1("", "a"));
    assertEquals(0, f1("a", "…"));
  }
}
