package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Keys and values in each type, over several blocks.
final class CacheTypeTest {
  private static final int TOKENS = 75;
  private static final AttentionShape SHAPE = AttentionShape.causal(4, 2, 32, 0);

  private final Random random = new Random(5);

  private CpuActivation activation(int rows, int columns) {
    float[] data = new float[rows * columns];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return new CpuActivation(data, rows, columns);
  }

  private CpuActivation q = activation(TOKENS, 128);
  private CpuActivation k = activation(TOKENS, 64);
  private CpuActivation v = activation(TOKENS, 64);

  private static KeyValues empty(CacheBlocks blocks) {
    return new KeyValues(1, TOKENS, new int[0], blocks);
  }

  private CpuActivation attended(CacheType type, AttentionShape shape, int step) {
    try (var backend = new CpuBackend(2);
        var blocks = new CacheBlocks(type);
        KeyValues cache = empty(blocks)) {
      CpuActivation y = CpuActivation.zeros(TOKENS, q.columns());
      for (int from = 0; from < TOKENS; from += step) {
        int[] rows = new int[Math.min(step, TOKENS - from)];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = from + i;
        }
        var batch = ForwardBatch.of(cache, new int[rows.length]);
        CpuActivation some =
            backend.step(batch).attention(q.rows(rows), k.rows(rows), v.rows(rows), shape, null);
        batch.commit();
        System.arraycopy(some.data(), 0, y.data(), from * q.columns(), some.data().length);
      }
      return y;
    }
  }

  @ParameterizedTest
  @EnumSource(CacheType.class)
  void the_pieces_of_a_prompt_change_no_bit(CacheType type) {
    for (AttentionShape shape : new AttentionShape[] {SHAPE, SHAPE.withWindow(40)}) {
      float[] whole = attended(type, shape, TOKENS).data();
      assertArrayEquals(whole, attended(type, shape, 1).data());
      assertArrayEquals(whole, attended(type, shape, 31).data());
    }
  }

  /// Heads of four and eight vectors have loops of their own, those of odd widths too.
  @ParameterizedTest
  @CsvSource({"24, F32", "24, F16", "64, F32", "128, F32", "64, F16", "64, Q8_0"})
  void heads_of_every_width_are_read_alike_alone_and_together(int width, CacheType type) {
    q = activation(TOKENS, 6 * width);
    k = activation(TOKENS, 2 * width);
    v = activation(TOKENS, 2 * width);
    AttentionShape shape = AttentionShape.causal(6, 2, width, 0);
    float[] whole = attended(type, shape, TOKENS).data();
    assertArrayEquals(whole, attended(type, shape, 1).data());
    assertArrayEquals(whole, attended(type, shape, 13).data());
    if (type == CacheType.F32) {
      assertArrayEquals(withoutCache(shape), whole, 5e-6f);
    }
  }

  private float[] withoutCache(AttentionShape cached) {
    var shape =
        new AttentionShape(
            cached.heads(),
            cached.kvHeads(),
            cached.headWidth(),
            cached.scale(),
            AttentionShape.Mask.CAUSAL,
            OptionalInt.empty(),
            Optional.empty(),
            0,
            0);
    try (var backend = new CpuBackend(1)) {
      return backend
          .step(ForwardBatch.of(new KeyValues(1, TOKENS), new int[TOKENS]))
          .attention(q, k, v, shape, null)
          .data();
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 5e-6", "F16, 2e-3", "Q8_0, 3e-2"})
  void it_is_attention_over_what_was_computed(CacheType type, float tolerance) {
    float[] whole = attended(type, SHAPE, TOKENS).data();
    assertArrayEquals(withoutCache(SHAPE), whole, tolerance);
  }

  @ParameterizedTest
  @CsvSource({"F16, 1e5", "F16, NaN", "F16, Infinity", "Q8_0, 1e9", "Q8_0, NaN", "Q8_0, Infinity"})
  void what_the_type_cannot_tell_spoils_its_own_sequence_alone(CacheType type, float value) {
    k.data()[3 * 64 + 5] = value;
    try (var backend = new CpuBackend(1);
        var blocks = new CacheBlocks(type);
        KeyValues good = empty(blocks);
        KeyValues bad = empty(blocks)) {
      var batch = new ForwardBatch(new int[4], new KeyValues[] {good, good, bad, bad});
      CpuActivation y =
          backend
              .step(batch)
              .attention(q.rows(0, 1, 2, 3), k.rows(0, 1, 2, 3), v.rows(0, 1, 2, 3), SHAPE, null);
      assertTrue(Float.isNaN(y.row(3)[0]));
      for (float each : y.rows(0, 1).data()) {
        assertTrue(Float.isFinite(each));
      }
    }
  }

  @Test
  void blocks_are_given_back_and_used_again() {
    try (var backend = new CpuBackend(1);
        var blocks = new CacheBlocks(CacheType.F16)) {
      for (int round = 0; round < 3; round++) {
        try (KeyValues cache = empty(blocks)) {
          backend.step(ForwardBatch.of(cache, new int[TOKENS])).attention(q, k, v, SHAPE, null);
          assertEquals(CacheBlocks.bytes(CacheType.F16, 1, 64, TOKENS), cache.bytes());
          assertEquals(cache.bytes(), blocks.takenBytes());
        }
        assertEquals(0, blocks.takenBytes());
        assertEquals(2L * 3 * 32 * 64 * 2, blocks.heldBytes(), "three blocks of each");
      }
    }
  }

  @Test
  void heads_that_are_no_whole_blocks_are_refused_by_the_type_with_blocks() {
    CacheType.F16.check(80);
    CacheType.Q8_0.check(64);
    assertFalse(CacheType.Q8_0.keeps(80));
    String message =
        assertThrows(IllegalArgumentException.class, () -> CacheType.Q8_0.check(80)).getMessage();
    assertTrue(
        message.contains("a multiple of 32, and this model's are 80 wide; take F16"), message);
    assertEquals(CacheType.Q8_0, CacheType.named("q8_0"));
    assertThrows(IllegalArgumentException.class, () -> CacheType.named("q4_0"));
  }
}
