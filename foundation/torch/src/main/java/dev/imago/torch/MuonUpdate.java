package dev.imago.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Muon: whole matrices on each worker, then AdamW's stretches.
final class MuonUpdate implements Update {
  /// The quintic whose slope at 0 is greatest, and what a norm is at least. Jordan et al. 2024.
  private static final double A = 3.4445;

  private static final double B = -4.7750;
  private static final double C = 2.0315;
  private static final double EPSILON = 1e-7;

  private final Muon settings;
  private final Tensor value;
  private final Tensor gradient;
  private final List<Parts.Part> parts;
  private final long[] places;
  private final List<List<Integer>> shares;
  private final Tensor momentum;
  private final AdamWUpdate rest;

  MuonUpdate(Muon settings, Layout layout, Tensor value, Tensor gradient, int workers) {
    this.settings = settings;
    this.value = value;
    this.gradient = gradient;
    this.parts = Parts.of(layout, Muon::orthogonal);
    this.places = new long[parts.size()];
    long size = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = size;
      size += parts.get(i).size();
    }
    this.momentum = Place.of(value).zeros(size);
    this.shares = Parts.shared(parts, MuonUpdate::cost, workers);
    List<Layout.Range> others = layout.ranges(slot -> !Muon.orthogonal(slot));
    this.rest = new AdamWUpdate(settings.rest(), others, value, gradient, workers);
  }

  private static double cost(Parts.Part part) {
    double shorter = Math.min(part.rows(), part.columns());
    return part.size() * shorter;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    var state = new LinkedHashMap<String, Tensor>();
    state.put("momentum_buffer", momentum);
    state.putAll(rest.state());
    return state;
  }

  @Override
  public void run(int worker, Step step) {
    for (int i : shares.get(worker)) {
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        orthogonal(parts.get(i), places[i], step);
      }
    }
    rest.run(worker, step);
  }

  private void orthogonal(Parts.Part part, long place, Step step) {
    Tensor x = part.of(value);
    Tensor g = part.of(gradient);
    Tensor m = momentum.narrow(0, place, part.size()).view(part.rows(), part.columns());
    if (step.divisor() != 1) {
      g.div_(new Scalar(step.divisor()));
    }
    m.lerp_(g, new Scalar(1 - settings.momentum()));
    Tensor direction =
        orthogonalised(
            g.lerp(m, new Scalar(settings.momentum())),
            settings.iterations(),
            Bf16.isNative() || !g.is_cpu());
    double rate = step.learningRate() * part.group().learningRateFactor();
    double decay = settings.rest().weightDecay() * part.group().weightDecayFactor();
    x.mul_(new Scalar(1 - rate * decay));
    x.add_(direction.to(ScalarType.Float), new Scalar(-rate * scale(part)));
  }

  private double scale(Parts.Part part) {
    return switch (settings.scale()) {
      case SPECTRAL -> Math.sqrt(Math.max(1, (double) part.rows() / part.columns()));
      case RMS -> 0.2 * Math.sqrt(Math.max(part.rows(), part.columns()));
    };
  }

  /// Nearly U · Vᵀ of a matrix U · S · Vᵀ, by iterations of Newton and Schulz in BF16.
  ///
  /// @param products whether what computes multiplies BF16
  static Tensor orthogonalised(Tensor matrix, int iterations, boolean products) {
    boolean tall = matrix.size(0) > matrix.size(1);
    Tensor x = bf16(matrix, products);
    if (tall) {
      x = x.t();
    }
    x = bf16(x.div(bf16(x.norm(), products).clamp_min(new Scalar(EPSILON))), products);
    for (int i = 0; i < iterations; i++) {
      Tensor gram = bf16(torch.mm(x, x.t()), products);
      Tensor cubic = bf16(torch.addmm(gram, gram, gram, new Scalar(B), new Scalar(C)), products);
      x = bf16(torch.addmm(x, cubic, x, new Scalar(A), new Scalar(1.0)), products);
    }
    return tall ? x.t() : x;
  }

  /// Rounded to BF16. A processor that does not multiply BF16 has the rounded numbers in FP32: the
  /// products are the same but for the order of sums, and a hundred times faster there.
  private static Tensor bf16(Tensor x, boolean products) {
    Tensor rounded = x.to(ScalarType.BFloat16);
    return products ? rounded : rounded.to(ScalarType.Float);
  }

  @Override
  public void close() {
    momentum.close();
    rest.close();
  }
}
