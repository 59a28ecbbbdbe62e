// Past 400 lines: each operation beside its plain twin.
package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The kernels against their plain twin, and against themselves in other company. In one file past
/// 400 lines: every operation runs through the same two backends, steps and tolerance, and a test
/// of a new one is written beside its neighbours.
final class CpuOperationsTest {
  /// Relative to the length of a sum: single precision, hundreds of terms.
  private static final double TOLERANCE = 2e-6;

  private final Random random = new Random(3);

  private float[] gaussians(int count) {
    float[] to = new float[count];
    for (int i = 0; i < count; i++) {
      to[i] = (float) random.nextGaussian();
    }
    return to;
  }

  private HostTensor matrix(int rows, int columns, DataType type) {
    if (type.blocks() != null && type != DataType.Q8_0) {
      return RandomBlocks.matrix(type, rows, columns, random);
    }
    HostTensor exact = HostTensor.of(gaussians(rows * columns), rows, columns);
    if (type != DataType.BF16) {
      return exact.to(type);
    }
    var bytes = java.lang.foreign.MemorySegment.ofArray(new byte[rows * columns * 2]);
    float[] values = exact.toFloats();
    for (int i = 0; i < values.length; i++) {
      bytes.set(HostTensor.I16, i * 2L, (short) (Float.floatToIntBits(values[i]) >>> 16));
    }
    return new HostTensor(type, new long[] {rows, columns}, bytes);
  }

  private CpuActivation activation(int rows, int columns) {
    return new CpuActivation(gaussians(rows * columns), rows, columns);
  }

  private static double[][] plain(CpuActivation x) {
    double[][] y = new double[x.rows()][x.columns()];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = x.data()[n * x.columns() + i];
      }
    }
    return y;
  }

  private static void assertClose(double[][] expected, CpuActivation actual, double tolerance) {
    assertEquals(expected.length, actual.rows());
    assertEquals(expected[0].length, actual.columns());
    for (int n = 0; n < expected.length; n++) {
      for (int i = 0; i < expected[n].length; i++) {
        assertEquals(expected[n][i], actual.data()[n * actual.columns() + i], tolerance);
      }
    }
  }

  private static CpuOperations step(CpuBackend backend, int tokens) {
    return backend.step(ForwardBatch.of(new KeyValues(1, 1000), new int[tokens]));
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K",
        "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4"
      })
  void a_product_is_its_plain_twins_for_any_number_of_tokens_and_rows(DataType type) {
    try (var backend = new CpuBackend(2)) {
      for (int columns :
          switch (type.blockSize()) {
            case 1 -> List.of(7, 32, 112, 321);
            case 32 -> List.of(32, 96, 320);
            default -> List.of(256, 768);
          }) {
        List<HostTensor> parts =
            List.of(matrix(37, columns, type), matrix(4, columns, type), matrix(3, columns, type));
        for (int tokens : List.of(1, 2, 3, 4, 5, 8, 19)) {
          CpuActivation x = activation(tokens, columns);
          assertClose(
              new PlainOperations().linear(plain(x), PlainOperations.Weight.matrix(parts), null),
              step(backend, tokens).linear(x, CpuWeight.matrix(parts), null),
              TOLERANCE * columns);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K",
        "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4"
      })
  void a_token_gives_the_same_bits_alone_and_among_others_on_any_number_of_threads(DataType type) {
    // Past one tile of tokens, and rows that no panel divides.
    int columns = type.blockSize() == 256 ? 2048 : 2080;
    CpuWeight weight = CpuWeight.matrix(List.of(matrix(46, columns, type)));
    CpuActivation x = activation(70, columns);
    try (var one = new CpuBackend(1);
        var three = new CpuBackend(3)) {
      CpuActivation together = step(three, 70).linear(x, weight, null);
      for (int n = 0; n < x.rows(); n++) {
        CpuActivation alone = step(one, 1).linear(x.rows(n), weight, null);
        assertArrayEquals(alone.data(), together.row(n));
      }
    }
  }

  @Test
  void half_precision_becomes_floats_exactly() {
    var all = java.lang.foreign.MemorySegment.ofArray(new byte[2 * 65536]);
    for (int i = 0; i < 65536; i++) {
      boolean finite = (i & 0x7c00) != 0x7c00;
      all.set(HostTensor.I16, i * 2L, (short) (finite ? i : 0));
    }
    var tensor = new HostTensor(DataType.F16, new long[] {1, 65536}, all);
    float[] expanded = new float[65536];
    CpuWeight.kernel(tensor).expand(tensor.data(), 0, 65536, expanded, 0);
    for (int i = 0; i < 65536; i++) {
      assertEquals(
          Float.floatToRawIntBits(Float.float16ToFloat(all.get(HostTensor.I16, i * 2L))),
          Float.floatToRawIntBits(expanded[i]));
    }
  }

  @Test
  void norm_gate_and_sum_are_their_plain_twins() {
    try (var backend = new CpuBackend(1)) {
      CpuActivation x = activation(3, 70);
      HostTensor scale = HostTensor.of(gaussians(70), 70);
      CpuOperations ops = step(backend, 3);
      var twin = new PlainOperations();
      assertClose(
          twin.rmsNorm(plain(x), PlainOperations.Weight.matrix(List.of(scale)), 1e-5f),
          ops.rmsNorm(x, CpuWeight.vector(List.of(scale)), 1e-5f),
          1e-5);
      for (Nonlinearity f : Nonlinearity.values()) {
        assertClose(twin.apply(f, plain(x)), ops.apply(f, x), 2e-6);
        assertClose(twin.gated(f, plain(x)), ops.gated(f, x), 1e-5);
      }
      HostTensor shift = HostTensor.of(gaussians(70), 70);
      assertClose(
          twin.layerNorm(
              plain(x),
              PlainOperations.Weight.matrix(List.of(scale)),
              PlainOperations.Weight.matrix(List.of(shift)),
              1e-5f),
          ops.layerNorm(
              x, CpuWeight.vector(List.of(scale)), CpuWeight.vector(List.of(shift)), 1e-5f),
          1e-5);
      assertClose(twin.columns(plain(x), 9, 50), ops.columns(x, 9, 50), 0);
      for (Operations.Pooling pooling : Operations.Pooling.values()) {
        assertClose(twin.pool(plain(x), pooling), ops.pool(x, pooling), 1e-6);
      }
      HostTensor table = HostTensor.of(gaussians(210), 3, 70);
      for (Operations.Index index : Operations.Index.values()) {
        assertClose(
            new PlainOperations(0, 0, 0)
                .gather(PlainOperations.Weight.matrix(List.of(table)), index),
            ops.gather(CpuWeight.matrix(List.of(table)), index),
            0);
      }
      CpuActivation other = activation(3, 70);
      assertClose(twin.add(plain(x), plain(other)), ops.add(x, other), 1e-6);
    }
  }

  @Test
  void a_gate_far_out_is_nought_or_itself() {
    try (var backend = new CpuBackend(1)) {
      float[] gateUp = new float[2 * 17];
      java.util.Arrays.fill(gateUp, 1f);
      gateUp[0] = -1000;
      gateUp[1] = 1000;
      gateUp[16] = -1000;
      CpuActivation y = step(backend, 1).gated(Nonlinearity.SILU, new CpuActivation(gateUp, 1, 34));
      assertEquals(0f, y.data()[0], 1e-30f);
      assertEquals(1000f, y.data()[1]);
      assertEquals(0f, y.data()[16], 1e-30f);
    }
  }

  @Test
  void the_exponential_is_the_librarys_within_two_units_and_the_same_vector_or_scalar() {
    float[] x = new float[Lanes.COUNT];
    for (float at = -90; at < 88; at += 0.0137f) {
      java.util.Arrays.fill(x, at);
      float[] y = x.clone();
      Lanes.exp(y, 0, y.length, 1, 0);
      assertEquals(Lanes.exp(at), y[0]);
      float exact = (float) Math.exp(at);
      assertEquals(at < -87 ? 0 : exact, y[0], at < -87 ? 0 : 2 * Math.ulp(exact));
    }
  }

  @ParameterizedTest
  @CsvSource({"HALVES,16,0", "PAIRS,16,0", "HALVES,24,8", "PAIRS,40,3", "HALVES,6,2"})
  void turning_is_its_plain_twin(Rope.Order order, int headWidth, float divisor) {
    List<Float> divisors =
        divisor == 0 ? List.of() : java.util.Collections.nCopies(headWidth / 2, divisor);
    var rope = new Rope(headWidth, 10_000f, divisors, order);
    CpuActivation x = activation(41, 3 * headWidth);
    try (var backend = new CpuBackend(1)) {
      assertClose(
          new PlainOperations(new int[41]).rotate(plain(x), rope),
          step(backend, 41).rotate(x, rope),
          2e-5);
    }
  }

  @Test
  void a_part_of_a_head_turns_and_longer_sequences_have_a_rope_of_their_own() {
    var part = new Rope(16, 12, 10_000, List.of(1f, 2f, 3f, 4f, 5f, 6f), 1.5f, Rope.Order.HALVES);
    var grown = new Rope(16, 12, 50_000, List.of(), 1.25f, Rope.Order.HALVES);
    Rope rope = part.beyond(20, length -> grown);
    CpuActivation x = activation(41, 48);
    try (var backend = new CpuBackend(1)) {
      assertClose(
          new PlainOperations(new int[41]).rotate(plain(x), grown),
          step(backend, 41).rotate(x, rope),
          2e-5);
      CpuActivation few = activation(20, 48);
      assertClose(
          new PlainOperations(new int[20]).rotate(plain(few), part),
          step(backend, 20).rotate(few, rope),
          2e-5);
    }
  }

  @Test
  void a_norm_of_heads_is_one_of_each() {
    CpuActivation x = activation(9, 48);
    HostTensor weight = HostTensor.of(gaussians(16), 16);
    try (var backend = new CpuBackend(1)) {
      assertClose(
          new PlainOperations(new int[9])
              .rmsNorm(plain(x), PlainOperations.Weight.matrix(List.of(weight)), 1e-5f, 1),
          step(backend, 9).rmsNorm(x, CpuWeight.vector(List.of(weight)), 1e-5f, 1),
          1e-5);
      assertClose(
          new PlainOperations(new int[9]).scale(plain(x), 2.5f),
          step(backend, 9).scale(x, 2.5f),
          1e-5);
      CpuWeight odd = CpuWeight.vector(List.of(HostTensor.of(gaussians(7), 7)));
      assertThrows(IllegalArgumentException.class, () -> step(backend, 9).rmsNorm(x, odd, 1e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4,2,16,false,0",
    "3,3,24,false,0",
    "6,1,40,true,0",
    "2,1,6,true,0",
    "4,2,16,false,7",
    "2,1,6,true,1",
    "2,2,8,false,40",
    "2,2,8,false,99"
  })
  void attention_is_its_plain_twin_in_one_step_and_token_by_token(
      int heads, int kvHeads, int headWidth, boolean biased, int window) {
    AttentionShape shape =
        AttentionShape.causal(heads, kvHeads, headWidth, 0).withWindow(window).withScale(0.3f);
    if (biased) {
      shape = shape.withBias(new AttentionShape.Buckets(8, 20, false));
    }
    CpuActivation q = activation(41, heads * headWidth);
    CpuActivation k = activation(41, kvHeads * headWidth);
    CpuActivation v = activation(41, kvHeads * headWidth);
    HostTensor table = HostTensor.of(gaussians(8 * heads), 8, heads);
    CpuWeight bias = biased ? CpuWeight.matrix(List.of(table)) : null;
    PlainOperations.Weight plainBias =
        biased ? PlainOperations.Weight.matrix(List.of(table)) : null;
    double[][] expected =
        new PlainOperations(new int[41]).attention(plain(q), plain(k), plain(v), shape, plainBias);
    try (var backend = new CpuBackend(2)) {
      CpuActivation whole = step(backend, 41).attention(q, k, v, shape, bias);
      assertClose(expected, whole, 2e-5);
      var cache = new KeyValues(1, 41);
      for (int n = 0; n < 41; n++) {
        ForwardBatch batch = ForwardBatch.of(cache, 0);
        CpuActivation one =
            backend.step(batch).attention(q.rows(n), k.rows(n), v.rows(n), shape, bias);
        batch.commit();
        assertArrayEquals(whole.row(n), one.data());
      }
      assertEquals(41, cache.length());
      assertThrows(IllegalArgumentException.class, () -> ForwardBatch.of(cache, 0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3,3,8,30,false,NONE,0",
    "3,3,8,30,true,NONE,0",
    "4,2,40,1,false,NONE,0",
    "2,1,64,71,false,NONE,0",
    "2,1,64,71,true,CAUSAL,0",
    "4,2,24,99,false,CAUSAL,37",
    "1,1,6,35,true,CAUSAL,1"
  })
  void what_keeps_nothing_is_its_plain_twin(
      int heads,
      int kvHeads,
      int width,
      int tokens,
      boolean biased,
      AttentionShape.Mask mask,
      int window) {
    var shape =
        new AttentionShape(
            heads,
            kvHeads,
            width,
            0.3f,
            mask,
            OptionalInt.empty(),
            biased
                ? Optional.of(new AttentionShape.Buckets(8, 20, mask == AttentionShape.Mask.NONE))
                : Optional.empty(),
            window,
            0);
    CpuActivation q = activation(tokens, heads * width);
    CpuActivation k = activation(tokens, kvHeads * width);
    CpuActivation v = activation(tokens, kvHeads * width);
    HostTensor table = HostTensor.of(gaussians(8 * heads), 8, heads);
    CpuWeight bias = biased ? CpuWeight.matrix(List.of(table)) : null;
    PlainOperations.Weight plainBias =
        biased ? PlainOperations.Weight.matrix(List.of(table)) : null;
    try (var backend = new CpuBackend(2)) {
      assertClose(
          new PlainOperations(new int[tokens])
              .attention(plain(q), plain(k), plain(v), shape, plainBias),
          step(backend, tokens).attention(q, k, v, shape, bias),
          2e-5);
    }
  }

  @Test
  void what_keeps_nothing_begins_in_its_step() {
    AttentionShape shape = AttentionShape.whole(3, 8);
    CpuActivation x = activation(30, 24);
    try (var backend = new CpuBackend(2)) {
      var begun = new KeyValues(1, 40);
      ForwardBatch.of(begun, 1, 2).commit();
      CpuOperations later = backend.step(ForwardBatch.of(begun, new int[30]));
      assertThrows(IllegalArgumentException.class, () -> later.attention(x, x, x, shape, null));
    }
  }

  @Test
  void attention_across_to_a_source_is_its_plain_twin_in_one_step_and_token_by_token() {
    AttentionShape shape = AttentionShape.whole(3, 8).withScale(0.7f);
    CpuActivation q = activation(6, 24);
    CpuActivation k = activation(11, 24);
    CpuActivation v = activation(11, 24);
    int[] ofA = {0, 1, 2, 3};
    int[] ofB = {4, 5, 6, 7, 8, 9, 10};
    var plain = new PlainOperations(0);
    try (var backend = new CpuBackend(2)) {
      var a = new KeyValues(1, 9, new int[ofA.length]);
      var b = new KeyValues(1, 9, new int[ofB.length]);
      var batch = new ForwardBatch(new int[2], new KeyValues[] {a, b});
      CpuOperations ops = backend.step(batch);
      assertEquals(11, java.util.Objects.requireNonNull(ops.source()).recent(0, k, 1).rows());
      CpuActivation y = ops.across(0, q.rows(0, 1), k, v, shape);
      batch.commit();
      double[][] first =
          plain.across(0, plain(q.rows(0)), plain(k.rows(ofA)), plain(v.rows(ofA)), shape);
      double[][] second =
          plain.across(0, plain(q.rows(1)), plain(k.rows(ofB)), plain(v.rows(ofB)), shape);
      assertClose(new double[][] {first[0], second[0]}, y, 2e-5);
      CpuOperations next = backend.step(new ForwardBatch(new int[1], new KeyValues[] {b}));
      assertNull(next.source());
      assertClose(
          plain.across(0, plain(q.rows(2)), plain(k.rows(ofB)), plain(v.rows(ofB)), shape),
          next.across(0, q.rows(2), null, null, shape),
          2e-5);
      CpuOperations without = step(backend, 1);
      assertThrows(IllegalArgumentException.class, without::source);
    }
  }

  @Test
  void distances_find_their_buckets_as_in_t5() {
    var both = new AttentionShape.Buckets(32, 128, true);
    assertEquals(0, both.row(0));
    assertEquals(3, both.row(-3));
    assertEquals(16 + 3, both.row(3));
    assertEquals(8, both.row(-8));
    assertEquals(15, both.row(-128));
    assertEquals(31, both.row(4000));
    var back = new AttentionShape.Buckets(32, 128, false);
    assertEquals(0, back.row(5));
    assertEquals(15, back.row(-15));
    assertEquals(31, back.row(-5000));
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void sequences_of_one_step_do_not_see_each_other(boolean kept) {
    AttentionShape shape = AttentionShape.causal(4, 2, 16, 0);
    if (!kept) {
      shape =
          new AttentionShape(
              4,
              2,
              16,
              0.25f,
              AttentionShape.Mask.NONE,
              OptionalInt.empty(),
              Optional.empty(),
              0,
              0);
    }
    CpuActivation q = activation(9, 64);
    CpuActivation k = activation(9, 32);
    CpuActivation v = activation(9, 32);
    int[] ofA = {0, 1, 2, 5, 6};
    int[] ofB = {3, 4, 7, 8};
    try (var backend = new CpuBackend(2)) {
      var a = new KeyValues(1, 9);
      var b = new KeyValues(1, 9);
      var order = new ArrayList<KeyValues>(List.of(a, a, a, b, b, a, a, b, b));
      var batch = new ForwardBatch(new int[9], order.toArray(new KeyValues[0]));
      CpuActivation mixed = backend.step(batch).attention(q, k, v, shape, null);
      CpuActivation onlyA =
          step(backend, 5).attention(q.rows(ofA), k.rows(ofA), v.rows(ofA), shape, null);
      CpuActivation onlyB =
          step(backend, 4).attention(q.rows(ofB), k.rows(ofB), v.rows(ofB), shape, null);
      assertArrayEquals(onlyA.data(), mixed.rows(ofA).data());
      assertArrayEquals(onlyB.data(), mixed.rows(ofB).data());
    }
  }

  @Test
  void the_last_rows_side_by_side_are_the_plain_twins_whole_token_by_token_and_beside_others() {
    CpuActivation x = activation(9, 5);
    for (int count : new int[] {1, 2, 4, 12}) {
      double[][] expected = new PlainOperations(new int[9]).recent(0, plain(x), count);
      try (var backend = new CpuBackend(1)) {
        assertClose(expected, step(backend, 9).recent(0, x, count), 0);
        var one = new KeyValues(1, 20);
        var other = new KeyValues(1, 20);
        for (int n = 0; n < 9; n++) {
          var batch = new ForwardBatch(new int[2], new KeyValues[] {one, other});
          CpuActivation y = backend.step(batch).recent(0, x.rows(n, 8 - n), count);
          batch.commit();
          assertClose(new double[][] {expected[n]}, y.rows(0), 0);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Operations.Cell.class)
  void a_recurrent_layer_is_its_plain_twin_whole_token_by_token_and_beside_others(
      Operations.Cell cell) {
    int d = 12;
    HostTensor input = matrix(cell.gates() * d, 20, DataType.F32);
    float[] small = gaussians(cell.gates() * d * d);
    for (int i = 0; i < small.length; i++) {
      small[i] *= 0.2f; // a state that is not cut off stays small
    }
    HostTensor recurrent = HostTensor.of(small, cell.gates() * d, d);
    HostTensor first = HostTensor.of(gaussians(cell.gates() * d), cell.gates() * d);
    HostTensor second = HostTensor.of(gaussians(cell.gates() * d), cell.gates() * d);
    CpuActivation x = activation(15, 20);
    CpuWeight wi = CpuWeight.matrix(List.of(input));
    CpuWeight wr = CpuWeight.matrix(List.of(recurrent));
    CpuWeight bi = CpuWeight.vector(List.of(first));
    CpuWeight br = CpuWeight.vector(List.of(second));
    double[][] expected =
        new PlainOperations(new int[15])
            .recurrent(
                cell,
                0,
                plain(x),
                PlainOperations.Weight.matrix(List.of(input)),
                PlainOperations.Weight.matrix(List.of(recurrent)),
                PlainOperations.Weight.matrix(List.of(first)),
                PlainOperations.Weight.matrix(List.of(second)));
    try (var backend = new CpuBackend(2)) {
      assertClose(expected, step(backend, 15).recurrent(cell, 0, x, wi, wr, bi, br), 3e-5);
      var one = new KeyValues(1, 20);
      var other = new KeyValues(1, 20);
      for (int n = 0; n < 15; n++) {
        var batch = new ForwardBatch(new int[2], new KeyValues[] {one, other});
        CpuActivation y = backend.step(batch).recurrent(cell, 0, x.rows(n, 14 - n), wi, wr, bi, br);
        batch.commit();
        assertClose(new double[][] {expected[n]}, y.rows(0), 3e-5);
      }
      one.truncate(15);
      assertThrows(IllegalArgumentException.class, () -> one.truncate(3));
      one.truncate(0);
      CpuActivation again =
          backend.step(ForwardBatch.of(one, 0)).recurrent(cell, 0, x.rows(0), wi, wr, bi, br);
      assertClose(new double[][] {expected[0]}, again, 3e-5);
    }
  }

  @Test
  void what_does_not_fit_is_refused() {
    try (var backend = new CpuBackend(1)) {
      CpuOperations ops = step(backend, 1);
      CpuWeight weight = CpuWeight.matrix(List.of(matrix(4, 32, DataType.F32)));
      assertThrows(
          IllegalArgumentException.class, () -> ops.linear(activation(1, 31), weight, null));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              backend
                  .step(ForwardBatch.of(new KeyValues(1, 4), 4))
                  .gather(weight, Operations.Index.TOKEN));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              CpuWeight.matrix(List.of(matrix(4, 32, DataType.F32), matrix(4, 64, DataType.F32))));
    }
  }
}
