package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

class RankedTextsTest {
  /// Ranks: 2 is first, then 0, 3, 1.
  private static final double[] SCORES = {0.5, 0.1, 0.9, 0.4};

  @Test
  void oneTextThatIsWanted() {
    var second = new RankedTexts(SCORES, Set.of(0));
    assertEquals(1 / (Math.log(3) / Math.log(2)), second.ndcg(10), 1e-12);
    assertEquals(0.5, second.reciprocalRank(10));
    assertEquals(0, second.recall(1));
    assertEquals(1, second.recall(2));
    assertEquals(0, second.reciprocalRank(1));
    assertEquals(1, new RankedTexts(SCORES, Set.of(2)).ndcg(1));
  }

  @Test
  void severalTextsThatAreWanted() {
    var two = new RankedTexts(SCORES, Set.of(2, 1));
    double gain = 1 + Math.log(2) / Math.log(5);
    double best = 1 + Math.log(2) / Math.log(3);
    assertEquals(gain / best, two.ndcg(10), 1e-12);
    assertEquals(1 / best, two.ndcg(3), 1e-12);
    assertEquals(0.5, two.recall(1));
    assertEquals(1, two.reciprocalRank(10));
  }

  @Test
  void ofEquallyNearTextsTheEarlierComesFirst() {
    double[] same = {1, 1, 1};
    assertEquals(1.0 / 3, new RankedTexts(same, Set.of(2)).reciprocalRank(10), 1e-12);
    assertEquals(1, new RankedTexts(same, Set.of(0)).recall(1));
  }
}
