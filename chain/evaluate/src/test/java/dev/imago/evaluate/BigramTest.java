package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BigramTest {
  private static final int V = 37;

  @TempDir Path folder;

  @Test
  void denseAndGatheredCountsEqualNaiveOnes() throws Exception {
    int[] stream = write(V, 5000);
    Map<Long, Integer> naive = new HashMap<>();
    for (int i = 1; i < stream.length; i++) {
      naive.merge((long) stream[i - 1] * V + stream[i], 1, Integer::sum);
    }
    try (TokenShards tokens = TokenShards.open(folder, Split.TRAIN)) {
      int[][] limits = {{V * V, 1}, {V, 1}, {V * 5, 1}, {1, 100_000}, {1, 700}, {V * 3, 700}};
      for (int[] limit : limits) {
        var counts = new BigramCounts(tokens, limit[0], limit[1]);
        assertEquals(naive.size(), counts.distinct());
        for (int v = 0; v < V; v++) {
          for (int w = 0; w < V; w++) {
            assertEquals(naive.getOrDefault((long) v * V + w, 0), counts.count(v, w));
          }
        }
      }
    }
  }

  @Test
  void probabilitiesOfEveryContextSumToOne() throws Exception {
    write(V, 3000);
    assertSumsToOne();
  }

  @Test
  void theyDoWhereCountsAreTooFewForDiscounts() throws Exception {
    write(V, 20);
    assertSumsToOne();
  }

  private void assertSumsToOne() throws Exception {
    try (TokenShards tokens = TokenShards.open(folder, Split.TRAIN)) {
      var model = new KneserNey(new BigramCounts(tokens));
      for (int v = 0; v < V; v++) {
        double sum = 0;
        for (int w = 0; w < V; w++) {
          double p = model.probability(v, w);
          assertTrue(p > 0, "p(%d | %d) = %f".formatted(w, v, p));
          sum += p;
        }
        assertEquals(1, sum, 1e-12);
      }
    }
  }

  @Test
  void probabilitiesAreThoseWorkedOutByHand() throws Exception {
    // The stream 1 2 0 1 3 0: pairs 12 20 01 13 30, each once, so discounts are 0.5, 1, 1.5.
    var header = new TokenShards.Header(4, 0);
    TokenShards.writeHeader(folder, header);
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      writer.write(new int[] {1, 2}, 2);
      writer.write(new int[] {1, 3}, 2);
    }
    try (TokenShards tokens = TokenShards.open(folder, Split.TRAIN)) {
      var model = new KneserNey(new BigramCounts(tokens));
      // Contexts before each token: 0: {2, 3}, 1: {0}, 2: {1}, 3: {1}; five in all. Held back:
      // D(2) + 3 · D(1) = 2.5, shared evenly by four tokens: 2.5 / 5 / 4 = 0.125.
      double q2 = (1 - 0.5) / 5 + 0.125;
      double q0 = (2 - 1.0) / 5 + 0.125;
      // After 1: two pairs, each discounted by 0.5, so 0.5 is left to the lower order.
      assertEquals((1 - 0.5) / 2 + 0.5 * q2, model.probability(1, 2), 1e-12);
      assertEquals(0.5 * q0, model.probability(1, 0), 1e-12);
    }
  }

  @Test
  void aContextNeverSeenFallsBackToTheLowerOrder() throws Exception {
    var header = new TokenShards.Header(5, 0);
    TokenShards.writeHeader(folder, header);
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      writer.write(new int[] {1, 2, 1, 2, 1, 3}, 6);
    }
    try (TokenShards tokens = TokenShards.open(folder, Split.TRAIN)) {
      var model = new KneserNey(new BigramCounts(tokens));
      double sum = 0;
      for (int w = 0; w < 5; w++) {
        sum += model.probability(4, w);
      }
      assertEquals(1, sum, 1e-12);
      assertTrue(model.probability(4, 1) > model.probability(4, 4));
    }
  }

  /// Skewed random documents, so that some contexts are heavy and some are never seen.
  private int[] write(int vocabulary, int length) {
    var random = new Random(5);
    var header = new TokenShards.Header(vocabulary, 0);
    TokenShards.writeHeader(folder, header);
    int[] stream = new int[length];
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      for (int at = 0; at < length; ) {
        int[] document = new int[Math.min(99, length - at - 1)];
        for (int i = 0; i < document.length; i++) {
          double u = random.nextDouble();
          document[i] = 1 + (int) (u * u * u * (vocabulary - 2));
        }
        writer.write(document, document.length);
        System.arraycopy(document, 0, stream, at, document.length);
        at += document.length + 1;
      }
    }
    return stream;
  }
}
