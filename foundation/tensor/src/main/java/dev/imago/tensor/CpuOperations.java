package dev.imago.tensor;

/// The operations on the CPU, by the Vector API, on weights used in place in their mapped files.
///
/// One instance is one step: the tokens of a [Batch]. A token's results do not depend, in any bit,
/// on the other tokens of its step nor on the number of threads.
public final class CpuOperations implements Operations<CpuWeight, Activation> {
  private final CpuBackend backend;
  private final Batch batch;

  CpuOperations(CpuBackend backend, Batch batch) {
    this.backend = backend;
    this.batch = batch;
  }

  @Override
  public Activation embedding(CpuWeight table) {
    Activation y = Activation.zeros(batch.size(), table.columns());
    HostTensor part = table.parts().getFirst();
    for (int n = 0; n < batch.size(); n++) {
      int id = batch.id(n);
      if (id < 0 || id >= table.rows()) {
        throw new IllegalArgumentException(
            "token id %d is not in 0 … %d".formatted(id, table.rows() - 1));
      }
      PanelKernels.expand(part, table.columns(), id, y.data(), n * table.columns());
    }
    return y;
  }

  @Override
  public Activation linear(Activation x, CpuWeight weight) {
    return LinearKernel.run(backend.team(), x, weight);
  }

  @Override
  public Activation rmsNorm(Activation x, CpuWeight weight, float epsilon) {
    int d = x.columns();
    float[] scale = weight.vector();
    if (scale.length != d) {
      throw new IllegalArgumentException(
          "a norm of %d does not fit a width of %d".formatted(scale.length, d));
    }
    Activation y = Activation.zeros(x.rows(), d);
    for (int n = 0; n < x.rows(); n++) {
      int at = n * d;
      float square = PanelKernels.dot(x.data(), at, x.data(), at, d);
      float inverse = (float) (1 / Math.sqrt(square / d + epsilon));
      for (int i = 0; i < d; i++) {
        y.data()[at + i] = x.data()[at + i] * inverse * scale[i];
      }
    }
    return y;
  }

  @Override
  public Activation attention(int layer, Activation qkv, AttentionShape shape) {
    if (qkv.columns() != shape.packedWidth()) {
      throw new IllegalArgumentException(
          "a packed width of %d does not fit %s".formatted(qkv.columns(), shape));
    }
    int positions = 0;
    for (int n = 0; n < batch.size(); n++) {
      positions = Math.max(positions, batch.position(n) + 1);
    }
    return AttentionKernel.run(
        backend.team(), batch, layer, qkv, shape, backend.rotary(shape, positions));
  }

  @Override
  public Activation swiGlu(Activation gateUp) {
    int f = gateUp.columns() / 2;
    Activation y = Activation.zeros(gateUp.rows(), f);
    for (int n = 0; n < gateUp.rows(); n++) {
      int gate = n * 2 * f;
      int at = n * f;
      System.arraycopy(gateUp.data(), gate, y.data(), at, f);
      Lanes.exp(y.data(), at, f, -1, 0);
      for (int i = 0; i < f; i++) {
        y.data()[at + i] =
            gateUp.data()[gate + i] / (1 + y.data()[at + i]) * gateUp.data()[gate + f + i];
      }
    }
    return y;
  }

  @Override
  public Activation add(Activation a, Activation b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw new IllegalArgumentException("two activations of different shapes do not add");
    }
    Activation y = Activation.zeros(a.rows(), a.columns());
    for (int i = 0; i < y.data().length; i++) {
      y.data()[i] = a.data()[i] + b.data()[i];
    }
    return y;
  }
}
