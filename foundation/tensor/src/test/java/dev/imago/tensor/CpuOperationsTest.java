package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The kernels against their plain twin, and against themselves in other company.
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

  private Activation activation(int rows, int columns) {
    return new Activation(gaussians(rows * columns), rows, columns);
  }

  private static double[][] plain(Activation x) {
    double[][] y = new double[x.rows()][x.columns()];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = x.data()[n * x.columns() + i];
      }
    }
    return y;
  }

  private static void assertClose(double[][] expected, Activation actual, double tolerance) {
    assertEquals(expected.length, actual.rows());
    assertEquals(expected[0].length, actual.columns());
    for (int n = 0; n < expected.length; n++) {
      for (int i = 0; i < expected[n].length; i++) {
        assertEquals(expected[n][i], actual.data()[n * actual.columns() + i], tolerance);
      }
    }
  }

  private static CpuOperations step(CpuBackend backend, int tokens) {
    return backend.step(Batch.of(new KeyValues(1, 1000), new int[tokens]));
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0"})
  void a_product_is_its_plain_twins_for_any_number_of_tokens_and_rows(DataType type) {
    try (var backend = new CpuBackend(2)) {
      for (int columns : type == DataType.Q8_0 ? List.of(32, 96, 320) : List.of(7, 32, 112, 321)) {
        List<HostTensor> parts =
            List.of(matrix(37, columns, type), matrix(4, columns, type), matrix(3, columns, type));
        for (int tokens : List.of(1, 2, 3, 4, 5, 8, 19)) {
          Activation x = activation(tokens, columns);
          assertClose(
              new PlainOperations().linear(plain(x), PlainOperations.Weight.matrix(parts)),
              step(backend, tokens).linear(x, CpuWeight.matrix(parts)),
              TOLERANCE * columns);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0"})
  void a_token_gives_the_same_bits_alone_and_among_others_on_any_number_of_threads(DataType type) {
    // Past one tile of tokens, and rows that no panel divides.
    CpuWeight weight = CpuWeight.matrix(List.of(matrix(46, 2080, type)));
    Activation x = activation(70, 2080);
    try (var one = new CpuBackend(1);
        var three = new CpuBackend(3)) {
      Activation together = step(three, 70).linear(x, weight);
      for (int n = 0; n < x.rows(); n++) {
        Activation alone = step(one, 1).linear(x.rows(n), weight);
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
    PanelKernels.expand(tensor, 65536, 0, expanded, 0);
    for (int i = 0; i < 65536; i++) {
      assertEquals(
          Float.floatToRawIntBits(Float.float16ToFloat(all.get(HostTensor.I16, i * 2L))),
          Float.floatToRawIntBits(expanded[i]));
    }
  }

  @Test
  void norm_gate_and_sum_are_their_plain_twins() {
    try (var backend = new CpuBackend(1)) {
      Activation x = activation(3, 70);
      HostTensor scale = HostTensor.of(gaussians(70), 70);
      CpuOperations ops = step(backend, 3);
      var twin = new PlainOperations();
      assertClose(
          twin.rmsNorm(plain(x), PlainOperations.Weight.matrix(List.of(scale)), 1e-5f),
          ops.rmsNorm(x, CpuWeight.vector(scale), 1e-5f),
          1e-5);
      assertClose(twin.swiGlu(plain(x)), ops.swiGlu(x), 1e-5);
      Activation other = activation(3, 70);
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
      Activation y = step(backend, 1).swiGlu(new Activation(gateUp, 1, 34));
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
  @CsvSource({"HALVES,4,2,16", "PAIRS,4,2,16", "HALVES,3,3,24", "PAIRS,6,1,40", "HALVES,2,1,6"})
  void attention_is_its_plain_twin_in_one_step_and_token_by_token(
      AttentionShape.Rotary rotary, int heads, int kvHeads, int headWidth) {
    var shape = new AttentionShape(heads, kvHeads, headWidth, 10_000f, rotary);
    Activation qkv = activation(41, shape.packedWidth());
    double[][] expected = new PlainOperations(new int[41]).attention(0, plain(qkv), shape);
    try (var backend = new CpuBackend(2)) {
      Activation whole =
          step(backend, 41)
              .attention(0, qkv.rows(java.util.stream.IntStream.range(0, 41).toArray()), shape);
      assertClose(expected, whole, 2e-5);
      var cache = new KeyValues(1, 41);
      for (int n = 0; n < 41; n++) {
        Batch batch = Batch.of(cache, 0);
        Activation one = backend.step(batch).attention(0, qkv.rows(n), shape);
        batch.commit();
        assertArrayEquals(whole.row(n), one.data());
      }
      assertEquals(41, cache.length());
      assertThrows(IllegalArgumentException.class, () -> Batch.of(cache, 0));
    }
  }

  @Test
  void sequences_of_one_step_do_not_see_each_other() {
    var shape = new AttentionShape(4, 2, 16, 10_000f, AttentionShape.Rotary.PAIRS);
    Activation qkv = activation(9, shape.packedWidth());
    try (var backend = new CpuBackend(2)) {
      var a = new KeyValues(1, 9);
      var b = new KeyValues(1, 9);
      var order = new ArrayList<KeyValues>(List.of(a, a, a, b, b, a, a, b, b));
      var batch = new Batch(new int[9], order.toArray(new KeyValues[0]));
      Activation mixed =
          backend.step(batch).attention(0, qkv.rows(0, 1, 2, 3, 4, 5, 6, 7, 8), shape);
      Activation onlyA = step(backend, 5).attention(0, qkv.rows(0, 1, 2, 5, 6), shape);
      Activation onlyB = step(backend, 4).attention(0, qkv.rows(3, 4, 7, 8), shape);
      assertArrayEquals(onlyA.data(), mixed.rows(0, 1, 2, 5, 6).data());
      assertArrayEquals(onlyB.data(), mixed.rows(3, 4, 7, 8).data());
    }
  }

  @Test
  void what_does_not_fit_is_refused() {
    try (var backend = new CpuBackend(1)) {
      CpuOperations ops = step(backend, 1);
      CpuWeight weight = CpuWeight.matrix(List.of(matrix(4, 32, DataType.F32)));
      assertThrows(IllegalArgumentException.class, () -> ops.linear(activation(1, 31), weight));
      assertThrows(
          IllegalArgumentException.class,
          () -> backend.step(Batch.of(new KeyValues(1, 4), 4)).embedding(weight));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              CpuWeight.matrix(List.of(matrix(4, 32, DataType.F32), matrix(4, 64, DataType.F32))));
    }
  }
}
