package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.metrics.Attachments.Arc;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Trees, dialogues, rankings, likelihoods and tags, counted by hand.
class StructuredScoresTest {
  @Test
  void aWordIsAttachedByItsHeadAndByItsRelationToo() {
    List<List<Arc>> gold =
        List.of(List.of(new Arc(2, "nsubj:pass"), new Arc(0, "root"), new Arc(2, "obj")));
    List<List<Arc>> told =
        List.of(List.of(new Arc(2, "nsubj"), new Arc(0, "root"), new Arc(1, "obj")));
    Attachments plain = Attachments.of(gold, told, false);
    assertEquals(2.0 / 3, plain.unlabelled(), 1e-12);
    assertEquals(2.0 / 3, plain.labelledShare(), 1e-12);
    assertEquals(1.0 / 3, Attachments.of(gold, told, true).labelledShare(), 1e-12);
  }

  @Test
  void aTurnIsRightWhereAllItsSlotsAre() {
    List<Map<String, String>> gold = List.of(Map.of("area", "north"), Map.of("food", "thai"));
    List<Map<String, String>> told =
        List.of(Map.of("area", "north"), Map.of("food", "thai", "area", "west"));
    assertEquals(0.5, DialogueStates.jointGoalAccuracy(gold, told), 1e-12);
    assertEquals(1 - 1.0 / 6, DialogueStates.slotAccuracy(gold, told, 3), 1e-12);
  }

  @Test
  void documentsOfEqualScoreStandByTheirNamesTheLaterFirst() {
    var scores =
        RankedScores.of(Map.of("b", 1, "x", 2), Map.of("a", 1.0, "b", 1.0 + 1e-12, "c", 1.0));
    assertEquals(List.of(0, 1, 0), scores.grades());
    assertEquals(0.5, scores.reciprocalRank(), 1e-12);
    assertEquals(0.25, scores.averagePrecision(), 1e-12);
    assertEquals(0.5, scores.recall(2), 1e-12);
    double log3 = Math.log(3) / Math.log(2);
    assertEquals((1 / log3) / (2 + 1 / log3), scores.ndcg(), 1e-12);
  }

  /// Ranks: 2 is first, then 0, 3, 1.
  private static final double[] SCORES = {0.5, 0.1, 0.9, 0.4};

  @Test
  void oneDocumentIsRelevant() {
    var second = RankedScores.of(SCORES, Set.of(0));
    assertEquals(1 / (Math.log(3) / Math.log(2)), second.ndcg(10), 1e-12);
    assertEquals(0.5, second.reciprocalRank(10));
    assertEquals(0, second.recall(1));
    assertEquals(1, second.recall(2));
    assertEquals(0, second.reciprocalRank(1));
    assertEquals(1, RankedScores.of(SCORES, Set.of(2)).ndcg(1));
  }

  @Test
  void severalDocumentsAreRelevant() {
    var two = RankedScores.of(SCORES, Set.of(2, 1));
    double gain = 1 + Math.log(2) / Math.log(5);
    double best = 1 + Math.log(2) / Math.log(3);
    assertEquals(gain / best, two.ndcg(10), 1e-12);
    assertEquals(1 / best, two.ndcg(3), 1e-12);
    assertEquals(0.5, two.recall(1));
    assertEquals(1, two.reciprocalRank(10));
  }

  @Test
  void ofDocumentsWithoutNamesTheEarlierOfEqualOnesComesFirst() {
    double[] same = {1, 1, 1};
    assertEquals(1.0 / 3, RankedScores.of(same, Set.of(2)).reciprocalRank(10), 1e-12);
    assertEquals(1, RankedScores.of(same, Set.of(0)).recall(1));
  }

  @Test
  void aScoreThatIsNoNumberRanksNothing() {
    double[] broken = {1, Double.NaN};
    var e = assertThrows(IllegalArgumentException.class, () -> RankedScores.of(broken, Set.of(1)));
    assertEquals("score 2 is NaN; scores are finite numbers", e.getMessage());
  }

  @Test
  void perplexityIsByWhatTheTextIsCountedIn() {
    var two = new TextLikelihood(Math.log(16), 2, 4, 8).plus(new TextLikelihood(0, 0, 0, 0));
    assertEquals(4, two.byToken(), 1e-12);
    assertEquals(2, two.byWord(), 1e-12);
    assertEquals(Math.sqrt(2), two.byByte(), 1e-12);
    assertEquals(0.5, two.bitsPerByte(), 1e-12);
    assertEquals(4, TextLikelihood.words(" two  words ")); // re.split of the blanks at both ends
    assertEquals(6, TextLikelihood.bytes("世界"));
  }

  @Test
  void aTagThatDoesNotFitItsSchemeIsTold() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> SpanScheme.IOB2.spans(List.of("B-A", "E-A")));
    assertTrue(String.valueOf(e.getMessage()).contains("E-A does not fit IOB2"), e.getMessage());
    assertEquals("B-NP", SpanScheme.ofSuffixed("NP-B"));
    assertEquals("O", SpanScheme.ofSuffixed("O"));
  }

  @Test
  void whatBreaksOffIsNoSpanOfAStrictScheme() {
    List<String> tags = List.of("B-A", "I-A", "O", "S-B", "B-A", "E-A");
    assertEquals(List.of(new Span("B", 3, 4), new Span("A", 4, 6)), SpanScheme.IOBES.spans(tags));
    assertEquals(
        List.of(new Span("A", 0, 2), new Span("B", 3, 4), new Span("A", 4, 6)),
        SpanScheme.SEQEVAL.spans(tags));
  }
}
