package dev.imago.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/// AdamW in libtorch's fused form, a stretch of the array on each worker. The state of two ranges
/// that do not follow each other lies together, in the ranges' order.
final class AdamWUpdate implements Update {
  private final AdamW settings;
  private final List<Layout.Range> ranges;
  private final Tensor value;
  private final Tensor gradient;
  private final int workers;
  private final Tensor mean;
  private final Tensor square;
  private final OperatorHandle fused;
  private final Type.TypePtr tensorType;

  /// @param ranges what it updates, in ascending order
  AdamWUpdate(
      AdamW settings, List<Layout.Range> ranges, Tensor value, Tensor gradient, int workers) {
    this.settings = settings;
    this.ranges = ranges;
    this.value = value;
    this.gradient = gradient;
    this.workers = workers;
    long size = ranges.stream().mapToLong(r -> r.to() - r.from()).sum();
    this.mean = Place.of(value).zeros(size);
    this.square = Place.of(value).zeros(size);
    this.fused = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
    this.tensorType = new Type.TypePtr(TensorType.get());
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    var state = new LinkedHashMap<String, Tensor>();
    state.put("exp_avg", mean);
    state.put("exp_avg_sq", square);
    return state;
  }

  @Override
  public void run(int worker, Step step) {
    long all = mean.numel();
    long chunk = (all + workers - 1) / workers;
    long from = Math.min(all, worker * chunk);
    long to = Math.min(all, from + chunk);
    long at = 0;
    for (Layout.Range range : ranges) {
      long end = at + range.to() - range.from();
      long first = Math.clamp(at, from, to);
      long last = Math.clamp(end, from, to);
      if (first < last) {
        fused(range.from() + first - at, first, last - first, range.group(), step);
      }
      at = end;
    }
  }

  /// @param from in the weights
  /// @param at in the state
  private void fused(long from, long at, long n, Group group, Step step) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      IValueVector arguments = new IValueVector();
      arguments
          .push_back(list(value.narrow(0, from, n)))
          .push_back(list(gradient.narrow(0, from, n)))
          .push_back(list(mean.narrow(0, at, n)))
          .push_back(list(square.narrow(0, at, n)))
          .push_back(list())
          .push_back(list(Place.of(value).number(step.number())))
          .push_back(new IValue(step.learningRate() * group.learningRateFactor()))
          .push_back(new IValue(settings.beta1()))
          .push_back(new IValue(settings.beta2()))
          .push_back(new IValue(settings.weightDecay() * group.weightDecayFactor()))
          .push_back(new IValue(settings.epsilon()))
          .push_back(new IValue(false)) // amsgrad
          .push_back(new IValue(false)) // maximize
          .push_back(new IValue(Place.of(value).number(step.divisor())))
          .push_back(new IValue()); // found_inf
      fused.callBoxed(arguments);
    }
  }

  private IValue list(Tensor... tensors) {
    GenericList list = new GenericList(tensorType);
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }
}
