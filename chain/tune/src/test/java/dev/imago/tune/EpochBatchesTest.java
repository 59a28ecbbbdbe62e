package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochBatchesTest {
  private static final Output TOKENS = new Output.NextToken();

  @Test
  void anEncoderReadsWhatIsAskedAndItsDecoderTheRest() {
    Batch batch =
        EpochBatches.answers(
            List.of(
                new Sequence(new int[] {5, 6, 7, 8}, new int[] {-1, -1, 8, 9}),
                new Sequence(new int[] {3, 4}, new int[] {4, 9})),
            1,
            2);
    Batch.Source source = java.util.Objects.requireNonNull(batch.source());
    assertEquals("[5, 6, 7, 3, 1, 1]", java.util.Arrays.toString(source.ids()));
    assertEquals("[3, 1]", java.util.Arrays.toString(source.lengths()));
    assertEquals("[2, 8, 2, 4]", java.util.Arrays.toString(batch.ids()));
    assertEquals("[8, 9, 4, 9]", java.util.Arrays.toString(batch.targets()));
  }

  @Test
  void theLossIsOnTheAnswerAndItsEndAlone() {
    // Prompt 10 11 12, completion 20 21, end 2; and a shorter pair that is padded with 0.
    var rows =
        List.of(
            new Sequence(new int[] {10, 11, 12, 20, 21}, new int[] {-1, -1, 20, 21, 2}),
            new Sequence(new int[] {13, 30}, new int[] {30, 2}));
    Batch batch = EpochBatches.batch(rows, TOKENS, 0);
    assertEquals(5, batch.length());
    assertArrayEquals(new int[] {10, 11, 12, 20, 21, 13, 30, 0, 0, 0}, batch.ids());
    assertArrayEquals(new int[] {-1, -1, 20, 21, 2, 30, 2, -1, -1, -1}, batch.targets());
    assertEquals(0, batch.lengths().length);
  }

  @Test
  void aClassIsOfTheWholeSequenceAndATagOfEachId() {
    var classes =
        List.of(
            new Sequence(new int[] {10, 11, 12}, new int[] {1}),
            new Sequence(new int[] {13}, new int[] {0}));
    Batch whole = EpochBatches.batch(classes, new Output.Classes(List.of("a", "b")), 0);
    assertArrayEquals(new int[] {10, 11, 12, 13, 0, 0}, whole.ids());
    assertArrayEquals(new int[] {1, 0}, whole.targets());
    assertArrayEquals(new int[] {3, 1}, whole.lengths());
    var tags =
        List.of(
            new Sequence(new int[] {10, 11, 12}, new int[] {1, Sequence.IGNORED, 0}),
            new Sequence(new int[] {13}, new int[] {2}));
    Batch each = EpochBatches.batch(tags, new Output.Tags(List.of("O", "B-X", "I-X")), 0);
    assertArrayEquals(new int[] {1, -1, 0, 2, -1, -1}, each.targets());
    assertArrayEquals(new int[] {3, 1}, each.lengths());
  }

  @Test
  void everyPairIsSeenOnceAnEpochWhateverTheirNumberAndTheBatch() {
    for (int n = 1; n <= 70; n++) {
      List<Sequence> sequences = sequences(n);
      for (int perStep : new int[] {1, 2, 3, 4, 7, 16, 32, 64, 100}) {
        everyPairOnceAnEpoch(sequences, perStep);
      }
    }
    for (int n : new int[] {100, 511, 512, 513, 1025, 2000}) {
      everyPairOnceAnEpoch(sequences(n), 32);
    }
  }

  private static List<Sequence> sequences(int n) {
    var sequences = new ArrayList<Sequence>();
    for (int i = 0; i < n; i++) {
      int[] ids = new int[4 + i * 5 % 9];
      ids[0] = 1000 + i;
      sequences.add(new Sequence(ids, ids.clone()));
    }
    return sequences;
  }

  private static void everyPairOnceAnEpoch(List<Sequence> sequences, int perStep) {
    int n = sequences.size();
    String which = n + " pairs, " + perStep + " a step";
    var batches = new EpochBatches(sequences, TOKENS, perStep, 7, 0);
    long epochSteps = batches.steps(n, 1);
    assertEquals((n + perStep - 1) / perStep, epochSteps, which);
    for (int epoch = 0; epoch < 3; epoch++) {
      var seen = new ArrayList<Integer>();
      for (long step = 1; step <= epochSteps; step++) {
        Batch batch = batches.step(epoch * epochSteps + step).getFirst();
        assertTrue(batch.sequences() >= 1 && batch.sequences() <= perStep, which);
        for (int row = 0; row < batch.sequences(); row++) {
          seen.add(batch.ids()[row * batch.length()] - 1000);
        }
      }
      assertEquals(IntStream.range(0, n).boxed().toList(), seen.stream().sorted().toList(), which);
      assertEquals((epoch + 1L) * n, batches.seen((epoch + 1) * epochSteps), which);
    }
  }

  @Test
  void noPairIsSeenMoreOftenThanTheEpochsAllow() {
    for (int n : new int[] {1, 2, 31, 32, 33, 100}) {
      for (long examples : new long[] {1, 31, 100, 101, 16_000}) {
        var batches = new EpochBatches(sequences(n), TOKENS, 32, 7, 0);
        long steps = batches.steps(examples, 3);
        assertTrue(steps >= 1);
        assertTrue(batches.seen(steps) <= 3L * n, n + " pairs, " + examples + " examples");
        // What was asked for is seen, but for the step that it ends in.
        assertTrue(
            batches.seen(steps) >= Math.min(examples, 3L * n) - 32,
            n + " pairs, " + examples + " examples");
      }
    }
  }

  @Test
  void epochsDifferInTheirOrder() {
    var batches = new EpochBatches(sequences(64), TOKENS, 8, 7, 0);
    var orders = new HashSet<List<Integer>>();
    for (int epoch = 0; epoch < 4; epoch++) {
      var order = new ArrayList<Integer>();
      for (int step = 1; step <= 8; step++) {
        Batch batch = batches.step(epoch * 8L + step).getFirst();
        for (int row = 0; row < batch.sequences(); row++) {
          order.add(batch.ids()[row * batch.length()]);
        }
      }
      orders.add(order);
    }
    assertEquals(4, orders.size());
  }
}
