package dev.imago.torch;

import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/// One optimizer at work on one layout: its state, and a step of it. Whoever builds it closes it.
interface Update extends AutoCloseable {
  /// A step.
  ///
  /// @param number from 1
  /// @param divisor of every gradient, at least 1: what clips
  record Step(long number, double learningRate, double divisor) {}

  /// Named flat arrays, in place.
  SequencedMap<String, Tensor> state();

  /// This worker's share of a step; all workers' shares together are the step, whatever their
  /// order. Overwrites the gradient.
  void run(int worker, Step step);

  @Override
  default void close() {
    state().values().forEach(Tensor::close);
  }

  /// @param value all weights that train
  /// @param gradient of them, summed
  /// @param workers who share the work
  static Update of(Optimizer optimizer, Layout layout, Tensor value, Tensor gradient, int workers) {
    return switch (optimizer) {
      case AdamW adamW -> new AdamWUpdate(adamW, layout.ranges(), value, gradient, workers);
      case Sgd sgd -> new SgdUpdate(sgd, layout.ranges(), value, gradient, workers);
      case Muon muon -> new MuonUpdate(muon, layout, value, gradient, workers);
      case Adafactor adafactor -> new AdafactorUpdate(adafactor, layout, value, gradient, workers);
    };
  }
}
