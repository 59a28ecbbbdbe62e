package dev.imago.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Adafactor, whole parameters on each worker.
final class AdafactorUpdate implements Update {
  /// Added to a square; and what a parameter's size is at least, where steps are scaled by it.
  private static final double EPSILON = 1e-30;

  private static final double LEAST_SIZE = 1e-3;

  private final Adafactor settings;
  private final Tensor value;
  private final Tensor gradient;
  private final List<Parts.Part> parts;
  private final long[] places;
  private final List<List<Integer>> shares;
  private final Tensor squares;
  private final @Nullable Tensor mean;

  AdafactorUpdate(Adafactor settings, Layout layout, Tensor value, Tensor gradient, int workers) {
    this.settings = settings;
    this.value = value;
    this.gradient = gradient;
    this.parts = Parts.of(layout, _ -> true);
    this.places = new long[parts.size()];
    long size = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = size;
      Parts.Part part = parts.get(i);
      size += part.matrix() ? part.rows() + part.columns() : part.size();
    }
    this.squares = Place.of(value).zeros(size);
    this.mean = settings.beta1() > 0 ? Place.of(value).zeros(value.numel()) : null;
    this.shares = Parts.shared(parts, Parts.Part::size, workers);
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    var state = new LinkedHashMap<String, Tensor>();
    state.put("exp_avg_sq", squares);
    if (mean != null) {
      state.put("exp_avg", mean);
    }
    return state;
  }

  @Override
  public void run(int worker, Step step) {
    for (int i : shares.get(worker)) {
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        update(parts.get(i), places[i], step);
      }
    }
  }

  private void update(Parts.Part part, long place, Step step) {
    Tensor x = part.of(value);
    Tensor g = part.of(gradient);
    if (step.divisor() != 1) {
      g.div_(new Scalar(step.divisor()));
    }
    double rate = step.learningRate() * part.group().learningRateFactor();
    if (settings.scaled()) {
      rate *= Math.max(LEAST_SIZE, size(x));
    }
    double beta2 = 1 - Math.pow(step.number(), settings.decayRate());
    Tensor square = g.square().add_(new Scalar(EPSILON));
    Tensor change;
    if (part.matrix()) {
      Tensor rows = squares.narrow(0, place, part.rows());
      Tensor columns = squares.narrow(0, place + part.rows(), part.columns());
      rows.mul_(new Scalar(beta2)).add_(square.mean(1), new Scalar(1 - beta2));
      columns.mul_(new Scalar(beta2)).add_(square.mean(0), new Scalar(1 - beta2));
      Tensor down = rows.div(rows.mean()).rsqrt_().unsqueeze(1);
      change = down.mul(columns.rsqrt().unsqueeze(0)).mul_(g);
    } else {
      Tensor own = squares.narrow(0, place, part.size());
      own.mul_(new Scalar(beta2)).add_(square, new Scalar(1 - beta2));
      change = own.rsqrt().mul_(g);
    }
    change.mul_(new Scalar(rate / Math.max(1, size(change) / settings.threshold())));
    if (mean != null) {
      Tensor m = part.of(mean);
      m.mul_(new Scalar(settings.beta1())).add_(change, new Scalar(1 - settings.beta1()));
      change = m;
    }
    double decay = settings.weightDecay() * part.group().weightDecayFactor();
    if (decay > 0) {
      x.mul_(new Scalar(1 - decay * rate));
    }
    x.sub_(change);
  }

  /// The root mean square.
  private static double size(Tensor x) {
    return x.norm().item_double() / Math.sqrt(x.numel());
  }
}
