package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts with spans cut out, against T5's own formulas.
class SpanCorruptionTest {
  private static final List<Integer> SENTINELS =
      IntStream.range(0, 100).mapToObj(i -> 999 - i).toList();

  private static SpanCorruption corruption(Batch batch, long seed) {
    return new SpanCorruption(
        _ -> List.of(batch), Denoising.USUAL, new SpanCorruption.Vocabulary(SENTINELS, 2, 1), seed);
  }

  private static Batch text(int sequences, int length) {
    int[] ids = IntStream.range(0, sequences * length).map(i -> 10 + i).toArray();
    return Batch.of(sequences, length, ids, ids);
  }

  /// What `random_spans_helper` of the T5 library gives (`conformance/spans.py`).
  @ParameterizedTest
  @CsvSource({
    "512, 0.15, 3, 568, 114", "128, 0.15, 3, 141, 29", "256, 0.15, 3, 284, 58",
    "512, 0.5, 3, 767, 513", "100, 0.3, 2, 116, 54", "64, 0.15, 8, 73, 13"
  })
  void lengthsAreThoseOfT5(int inputs, double share, double mean, int tokens, int targets) {
    Denoising.Lengths lengths = new Denoising(share, mean).fitting(inputs);
    assertEquals(tokens, lengths.tokens());
    assertEquals(targets, lengths.targets());
    assertTrue(lengths.inputs() <= inputs);
  }

  @Test
  void bothSidesTogetherAreTheText() {
    Batch text = text(3, 141);
    Batch batch = corruption(text, 1).step(1).getFirst();
    Batch.Source read = Objects.requireNonNull(batch.source());
    assertEquals(128, read.length());
    assertEquals(29, batch.length());
    for (int s = 0; s < 3; s++) {
      int[] targets = Arrays.copyOfRange(batch.targets(), s * 29, (s + 1) * 29);
      assertEquals(1, targets[28]);
      // The decoder reads what it has told.
      int[] ids = Arrays.copyOfRange(batch.ids(), s * 29, (s + 1) * 29);
      assertEquals(2, ids[0]);
      assertArrayEquals(Arrays.copyOf(targets, 28), Arrays.copyOfRange(ids, 1, 29));
      var spans = new HashMap<Integer, List<Integer>>();
      List<Integer> open = new ArrayList<>();
      for (int target : Arrays.copyOf(targets, 28)) {
        if (target > 900) {
          assertEquals(SENTINELS.get(spans.size()), target);
          open = new ArrayList<>();
          spans.put(target, open);
        } else {
          open.add(target);
        }
      }
      var whole = new ArrayList<Integer>();
      for (int i = 0; i < 127; i++) {
        int id = read.ids()[s * 128 + i];
        whole.addAll(id > 900 ? Objects.requireNonNull(spans.get(id)) : List.of(id));
      }
      assertEquals(1, read.ids()[s * 128 + 127]);
      assertEquals(IntStream.range(s * 141, (s + 1) * 141).mapToObj(i -> 10 + i).toList(), whole);
    }
  }

  @Test
  void aStepsSpansAreItsOwnAndAlwaysTheSame() {
    Batch text = text(2, 141);
    int[] first = corruption(text, 1).step(1).getFirst().ids();
    assertArrayEquals(first, corruption(text, 1).step(1).getFirst().ids());
    assertNotEquals(
        Arrays.toString(first), Arrays.toString(corruption(text, 1).step(2).getFirst().ids()));
    assertNotEquals(
        Arrays.toString(first), Arrays.toString(corruption(text, 2).step(1).getFirst().ids()));
    assertNotEquals(
        Arrays.toString(Arrays.copyOf(first, 29)),
        Arrays.toString(
            Arrays.stream(first, 29, 58).map(i -> i > 900 || i == 2 ? i : i - 141).toArray()));
  }

  @Test
  void rowsOfOtherLengthsAreFilledUpAndOneTokenStaysWhole() {
    Batch text = text(2, 20);
    Batch rows = Batch.of(2, 20, text.ids(), text.targets()).withLengths(new int[] {20, 1});
    Batch batch = corruption(rows, 1).step(1).getFirst();
    Batch.Source read = Objects.requireNonNull(batch.source());
    assertArrayEquals(new int[] {19, 2}, read.lengths());
    assertEquals(30, read.ids()[19]);
    assertEquals(1, read.ids()[20]);
    assertEquals(1, batch.targets()[batch.length()]);
    assertEquals(Batch.IGNORED, batch.targets()[batch.length() + 1]);
  }

  /// 4 as a sum of 2: 1 + 3, 2 + 2, 3 + 1, each a third of the time.
  @Test
  void everySumIsAsLikely() {
    var random = new SplittableRandom(3);
    int[] seen = new int[4];
    for (int i = 0; i < 30_000; i++) {
      int[] parts = SpanCorruption.parts(4, 2, random);
      assertEquals(4, parts[0] + parts[1]);
      seen[parts[0]]++;
    }
    for (int first = 1; first < 4; first++) {
      assertEquals(10_000, seen[first], 5 * Math.sqrt(30_000 * 2.0 / 9));
    }
  }
}
