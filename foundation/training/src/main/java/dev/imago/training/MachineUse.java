package dev.imago.training;

import dev.imago.core.Energy;
import java.util.Map;

/// What a training takes of the machine, over all processes that run it one after the other: its
/// share of what products of matrices reach here, and its energy.
final class MachineUse {
  private final TrainableModel model;
  private final Energy energy;
  private final double ceiling;
  private final double before;

  /// Measures what products reach, in all processes that train together at once.
  ///
  /// @param threads of this process
  /// @param curve of the run so far
  MachineUse(TrainableModel model, int threads, Curve curve) throws InterruptedException {
    this.model = model;
    this.energy = Energy.ofMachine((double) threads / Runtime.getRuntime().availableProcessors());
    this.ceiling = model.replicas().productRate();
    this.before = energy.figure().map(curve::last).filter(Double::isFinite).orElse(0.0);
  }

  /// Puts both into a point of the curve.
  ///
  /// @param tokensPerSecond of one step, of all processes that train together
  /// @param length of its sequences
  /// @param seconds since this process began
  void into(Map<String, Number> point, double tokensPerSecond, long length, double seconds) {
    double operations = TrainingCost.operationsPerToken(model.config(), length);
    point.put("utilisation", operations * tokensPerSecond / ceiling);
    energy.figure().ifPresent(f -> point.put(f, before + energy.joules(seconds)));
  }
}
