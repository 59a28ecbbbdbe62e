package dev.imago.tasks.parsing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The best tree against a look at every one of them.
class SpanningTreeTest {
  private static double score(double[][] scores, int[] heads) {
    double sum = 0;
    for (int i = 0; i < heads.length; i++) {
      sum += scores[i][heads[i]];
    }
    return sum;
  }

  private static boolean isTree(int[] heads) {
    return ParsedWords.fault(Arrays.stream(heads).boxed().toList()).isEmpty()
        && Arrays.stream(heads).filter(h -> h == 0).count() == 1;
  }

  private static double best(double[][] scores, int[] heads, int at) {
    if (at == heads.length) {
      return isTree(heads) ? score(scores, heads) : Double.NEGATIVE_INFINITY;
    }
    double most = Double.NEGATIVE_INFINITY;
    for (int h = 0; h <= heads.length; h++) {
      heads[at] = h;
      most = Math.max(most, best(scores, heads, at + 1));
    }
    return most;
  }

  @Test
  void itIsTheBestOfAllTreesWithOneRoot() {
    var random = new Random(11);
    for (int trial = 0; trial < 300; trial++) {
      int n = 1 + trial % 5;
      var scores = new double[n][n + 1];
      for (double[] row : scores) {
        Arrays.setAll(row, _ -> random.nextGaussian() * 3);
      }
      int[] heads = SpanningTree.heads(scores);
      assertEquals(true, isTree(heads), Arrays.toString(heads));
      assertEquals(best(scores, new int[n], 0), score(scores, heads), 1e-9);
    }
  }

  @Test
  void aLongCircleIsOpened() {
    int n = 120;
    var scores = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      scores[i][(i + 1) % n + 1] = 5; // each hangs on the next, the last on the first
      scores[i][0] = i == 40 ? 4 : 0;
    }
    int[] heads = SpanningTree.heads(scores);
    assertEquals(0, heads[40]);
    assertEquals(true, isTree(heads));
    assertEquals((n - 1) * 5 + 4, score(scores, heads), 1e-9);
  }

  @Test
  void aWordAloneIsTheRoot() {
    assertArrayEquals(new int[] {0}, SpanningTree.heads(new double[][] {{-3, 9}}));
    assertEquals("", ParsedWords.fault(List.of(2, 0)));
  }
}
