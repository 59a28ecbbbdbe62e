package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ActivationsTest {
  private static final int WIDTH = 32;

  @Test
  void what_a_block_computed_is_gone_but_for_its_result() {
    var kept = new Activations();
    CpuActivation in = kept.take(1, 4);
    int mark = kept.mark();
    CpuActivation first = kept.take(1, 8);
    CpuActivation result = kept.take(2, 2);
    System.arraycopy(new float[] {1, 2, 3, 4}, 0, result.data(), 0, 4);
    CpuActivation out = kept.release(mark, result);
    assertSame(first.data(), out.data(), "the result stands where the block began");
    assertEquals(4, out.rows() * out.columns());
    assertArrayEquals(new float[] {1, 2, 3, 4}, Arrays.copyOf(out.data(), 4));
    assertEquals(mark + 1, kept.mark());
    assertSame(in, kept.release(kept.mark(), in), "a block that gives what it was given");
  }

  /// Norm, product and sum, in two blocks.
  private static CpuActivation step(CpuOperations ops, CpuActivation x, CpuWeight w, CpuWeight n) {
    CpuActivation to = ops.scale(x, 1);
    for (int i = 0; i < 2; i++) {
      to = ops.block(to, in -> ops.add(in, ops.linear(ops.rmsNorm(in, n, 1e-5f), w, null)));
    }
    return to;
  }

  @Test
  void a_step_after_another_makes_no_arrays_and_gives_the_same_bits() {
    float[] numbers = new float[WIDTH * WIDTH];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i * 37 % 19 - 9) / 16f;
    }
    CpuWeight w = CpuWeight.matrix(List.of(HostTensor.of(numbers, WIDTH, WIDTH)));
    float[] ones = new float[WIDTH];
    Arrays.fill(ones, 1);
    CpuWeight n = CpuWeight.vector(List.of(HostTensor.of(ones, WIDTH)));
    var x = new CpuActivation(numbers, 1, WIDTH);
    try (var backend = new CpuBackend(2)) {
      var batch = ForwardBatch.of(new KeyValues(1, 8), 0);
      CpuActivation own = step(backend.step(batch), x, w, n);
      CpuActivation first = step(backend.passingStep(batch), x, w, n);
      float[] bits = first.copy().data();
      CpuActivation second = step(backend.passingStep(batch), x, w, n);
      assertSame(first, second);
      assertNotSame(own, second);
      assertArrayEquals(own.data(), Arrays.copyOf(second.data(), WIDTH));
      assertArrayEquals(bits, second.copy().data());
    }
  }
}
