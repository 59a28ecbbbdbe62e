package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextMetricTest {
  private static void refused(String what, Runnable run) {
    var e = assertThrows(IllegalArgumentException.class, run::run);
    assertTrue(String.valueOf(e.getMessage()).contains(what), e.getMessage());
  }

  @Test
  void textsAndReferencesOfDifferentNumberAreRefused() {
    refused(
        "2 hypotheses and 1 references",
        () -> Bleu.standard().corpus(List.of("a", "b"), List.of(List.of("a"))));
    refused("no text to score", () -> Bleu.standard().corpus(List.of(), List.of()));
  }

  @Test
  void impossibleChoicesAreRefused() {
    refused(
        "order = 0", () -> new Bleu(BleuTokenizer.NONE, Bleu.Smoothing.EXP, 1, 0, false, false));
    refused(
        "one reference a text",
        () -> new ErrorRate(ErrorRate.Unit.WORDS).sentence("a", List.of("a", "b")));
  }

  @Test
  void aCorpusIsScoredFromSummedCountsNotFromTheMeanOfScores() {
    Bleu bleu = new Bleu(BleuTokenizer.NONE, Bleu.Smoothing.NONE, 1, 1, false, false);
    List<String> said = List.of("a", "b c d");
    List<List<String>> wanted = List.of(List.of("a"), List.of("x y z"));
    assertEquals(25, bleu.corpus(said, wanted), 1e-12);
    assertEquals(100, bleu.sentence("a", List.of("a")), 1e-12);
  }

  @Test
  void everyChoiceStandsInTheSignature() {
    assertEquals(
        "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0", Bleu.standard().signature(1));
    assertEquals(
        "nrefs:var|case:lc|eff:yes|tok:zh|smooth:floor[0.10]|order:2|version:2.6.0",
        new Bleu(BleuTokenizer.CHINESE, Bleu.Smoothing.FLOOR, 0.1, 2, true, true).signature(0));
    assertEquals(
        "nrefs:2|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0",
        Chrf.plusPlus().signature(2));
    assertEquals(
        "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0",
        Ter.standard().signature(1));
  }

  /// A hundred words against as many others, all shared: the search for shifts ends by its limit.
  @Test
  void aLongTextInAnotherOrderEnds() {
    List<String> words = IntStream.range(0, 100).mapToObj(i -> "w" + i % 7).toList();
    String reversed = String.join(" ", words.reversed());
    double ter = Ter.standard().sentence(reversed, List.of(String.join(" ", words)));
    assertTrue(ter > 0 && ter <= 100, "TER " + ter);
  }
}
