package dev.imago.training;

import dev.imago.core.InputException;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Follows the losses of a training: smooths them, tells spikes and steps that were skipped, and
/// ends what has diverged.
final class LossWatch {
  /// Steps without a number, one after another, that are a divergence and no accident.
  static final int MOST_SKIPPED = 5;

  /// Steps before a spike can be told from the beginning's fall.
  private static final int SETTLED = 30;

  /// Deviations, and a share of the mean, that a loss is above the mean where it is a spike.
  private static final double DEVIATIONS = 6;

  private static final double SHARE = 0.1;

  /// Spikes that are told, each.
  private static final int MOST_TOLD = 20;

  private static final double KEPT = 0.95;

  private final String title;
  private final Consumer<String> notes;
  private double mean = Double.NaN;
  private double variance;
  private int seen;
  private int told;
  private int skipped;

  LossWatch(String title, Consumer<String> notes) {
    this.title = title;
    this.notes = notes;
  }

  /// Smoothed; NaN before the first.
  double mean() {
    return mean;
  }

  /// @param learningRate at its peak, for the mend
  /// @param batch says where the step's text stands
  /// @throws InputException after too many steps without a number
  void told(long step, Trainer.Step done, double learningRate, Supplier<String> batch) {
    if (!done.whole()) {
      skipped++;
      String what =
          Double.isFinite(done.loss())
              ? "the norm of the gradient is " + done.gradientNorm()
              : "the loss is " + done.loss();
      if (skipped >= MOST_SKIPPED) {
        throw diverged(
            title, step, "%s, as in the %d before it".formatted(what, skipped - 1), learningRate);
      }
      notes.accept(
          "%s: at step %,d %s: the step is skipped; it read %s"
              .formatted(title, step, what, batch.get()));
      return;
    }
    skipped = 0;
    double loss = done.loss();
    if (Double.isNaN(mean)) {
      mean = loss;
    }
    double above = loss - mean;
    boolean spike =
        seen >= SETTLED && above > Math.max(DEVIATIONS * Math.sqrt(variance), SHARE * mean);
    if (spike && told++ < MOST_TOLD) {
      notes.accept(
          String.format(
              Locale.ROOT,
              "%s: at step %,d the loss jumped from about %.3f to %.3f (norm of the gradient %.3g);"
                  + " it read %s",
              title,
              step,
              mean,
              loss,
              done.gradientNorm(),
              batch.get()));
    }
    seen++;
    mean += (1 - KEPT) * above;
    variance = KEPT * (variance + (1 - KEPT) * above * above);
  }

  static InputException diverged(String title, long step, String what, double learningRate) {
    return new InputException(
        "%s: at step %,d %s: training has diverged; lower learningRate (now %s) or raise warmupRatio, and run again"
            .formatted(title, step, what, learningRate));
  }
}
