package dev.imago.tensor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/// Runs the kernels on a few rows until the compiler has made them fast. Until then a step of a
/// whole model takes seconds, as vectors are objects there; a few rows take little, and can be gone
/// through while a program does something else.
public final class KernelWarmup {
  private static final int ROWS = 32;
  private static final int HEAD = 64;

  private final List<CpuWeight> matrices = new ArrayList<>();
  private final CacheType cache;

  /// @param weights of the model: some rows of one matrix of each type are used, in place
  /// @param cache in which keys and values will be kept
  public KernelWarmup(List<CpuWeight> weights, CacheType cache) {
    this.cache = cache;
    Map<DataType, HostTensor> some = new EnumMap<>(DataType.class);
    for (CpuWeight weight : weights) {
      weight.parts().forEach(part -> some.putIfAbsent(part.type(), part));
    }
    for (HostTensor part : some.values()) {
      long rows = Math.min(ROWS, part.shape()[0]);
      long columns = part.shape()[1];
      long bytes = part.type().bytes(rows, columns);
      matrices.add(
          CpuWeight.matrix(
              List.of(
                  new HostTensor(
                      part.type(), new long[] {rows, columns}, part.data().asSlice(0, bytes)))));
    }
  }

  /// Goes on until told to end.
  public void run(BooleanSupplier ends) {
    var shape =
        new AttentionShape(
            2,
            1,
            HEAD,
            0.1f,
            AttentionShape.Mask.CAUSAL,
            OptionalInt.of(0),
            Optional.empty(),
            0,
            0);
    CpuWeight norm = CpuWeight.vector(List.of(HostTensor.of(new float[2 * HEAD], 2 * HEAD)));
    try (var backend = new CpuBackend(1);
        var blocks = new CacheBlocks(cache)) {
      while (!ends.getAsBoolean()) {
        try (var sequence = new KeyValues(1, 64, new int[0], blocks)) {
          for (int tokens : new int[] {8, 1, 1}) {
            step(backend, sequence, tokens, shape, norm);
          }
        }
      }
    }
  }

  private void step(
      CpuBackend backend, KeyValues sequence, int tokens, AttentionShape shape, CpuWeight norm) {
    var batch = ForwardBatch.of(sequence, new int[tokens]);
    CpuOperations ops = backend.step(batch);
    for (CpuWeight matrix : matrices) {
      ops.linear(CpuActivation.zeros(tokens, matrix.columns()), matrix, null);
    }
    CpuActivation x = CpuActivation.zeros(tokens, 2 * HEAD);
    CpuActivation keys = CpuActivation.zeros(tokens, HEAD);
    ops.attention(ops.rmsNorm(x, norm, 1e-5f), keys, keys, shape, null);
    ops.gated(Nonlinearity.SILU, x);
    batch.commit();
  }
}
