package dev.imago.training;

/// The learning rate by step: a linear warm-up from 0, then half a cosine down to a floor.
/// Loshchilov & Hutter 2016, arXiv:1608.03983.
///
/// @param peak at the end of the warm-up
/// @param floor at the end, as a share of the peak in 0 … 1
/// @param warmup steps
/// @param steps in all
public record Schedule(double peak, double floor, long warmup, long steps) {
  public Schedule {
    if (!(peak > 0) || !(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "peak = %s must be above 0, floor = %s within 0 … 1".formatted(peak, floor));
    }
    if (warmup < 0 || steps < 1 || warmup > steps) {
      throw new IllegalArgumentException(
          "warmup = %d must be within 0 … steps = %d".formatted(warmup, steps));
    }
  }

  /// @param step from 1 to steps
  public double at(long step) {
    if (step <= warmup) {
      return peak * step / warmup;
    }
    double done = (double) (step - warmup) / Math.max(1, steps - warmup);
    return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done))));
  }
}
