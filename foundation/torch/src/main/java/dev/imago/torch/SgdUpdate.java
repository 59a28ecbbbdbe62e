package dev.imago.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Gradient descent, a stretch of the array on each worker.
final class SgdUpdate implements Update {
  private final Sgd settings;
  private final List<Layout.Range> ranges;
  private final Tensor value;
  private final Tensor gradient;
  private final int workers;
  private final @Nullable Tensor sum;

  SgdUpdate(Sgd settings, List<Layout.Range> ranges, Tensor value, Tensor gradient, int workers) {
    this.settings = settings;
    this.ranges = ranges;
    this.value = value;
    this.gradient = gradient;
    this.workers = workers;
    this.sum = settings.momentum() > 0 ? Place.of(value).zeros(value.numel()) : null;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    var state = new LinkedHashMap<String, Tensor>();
    if (sum != null) {
      state.put("momentum_buffer", sum);
    }
    return state;
  }

  @Override
  public void run(int worker, Step step) {
    long chunk = (value.numel() + workers - 1) / workers;
    long from = Math.min(value.numel(), worker * chunk);
    long to = Math.min(value.numel(), from + chunk);
    for (Layout.Range range : ranges) {
      long first = Math.clamp(range.from(), from, to);
      long last = Math.clamp(range.to(), from, to);
      if (first < last) {
        descend(first, last - first, range.group(), step);
      }
    }
  }

  private void descend(long from, long n, Group group, Step step) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor x = value.narrow(0, from, n);
      Tensor g = gradient.narrow(0, from, n);
      if (step.divisor() != 1) {
        g.div_(new Scalar(step.divisor()));
      }
      double decay = settings.weightDecay() * group.weightDecayFactor();
      if (decay > 0) {
        g.add_(x, new Scalar(decay));
      }
      if (sum != null) {
        Tensor s = sum.narrow(0, from, n);
        s.mul_(new Scalar(settings.momentum())).add_(g);
        g = settings.nesterov() ? g.add_(s, new Scalar(settings.momentum())) : s;
      }
      x.add_(g, new Scalar(-step.learningRate() * group.learningRateFactor()));
    }
  }
}
