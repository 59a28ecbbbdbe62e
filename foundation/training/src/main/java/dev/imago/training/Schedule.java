package dev.imago.training;

/// The learning rate by step: a linear warm-up, then the course of its kind. The first step has
/// peak / warmup, where transformers' schedules have 0: step s here is their step s counted from 0.
///
/// @param kind its course after the warm-up
/// @param peak at the end of the warm-up
/// @param floor what it falls to, as a share of the peak in 0 … 1
/// @param warmup steps
/// @param decay steps of the fall at the end, which [Kind#WSD] has
/// @param steps in all
public record Schedule(Kind kind, double peak, double floor, long warmup, long decay, long steps) {
  /// How the rate goes on after its warm-up.
  public enum Kind {
    /// Half a cosine down to the floor. Loshchilov & Hutter 2016, arXiv:1608.03983.
    COSINE,
    /// A line down to the floor.
    LINEAR,
    /// The peak to the end.
    CONSTANT,
    /// √(warmup / step), no lower than the floor. Vaswani et al. 2017, arXiv:1706.03762.
    INVERSE_SQRT,
    /// Warm-up, stable, decay: the peak, and at the end 1 − √ down to the floor. Hu et al. 2024,
    /// arXiv:2404.06395; Hägele et al. 2024, arXiv:2405.18392.
    WSD
  }

  /// What [Kind#INVERSE_SQRT] takes for a warm-up where there is none, as transformers does.
  private static final double TIMESCALE = 10_000;

  public Schedule {
    if (!(peak > 0) || !(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "peak = %s must be above 0, floor = %s within 0 … 1".formatted(peak, floor));
    }
    if (warmup < 0 || decay < 0 || steps < 1 || warmup + decay > steps) {
      throw new IllegalArgumentException(
          "warmup = %d and decay = %d must be within 0 … steps = %d together"
              .formatted(warmup, decay, steps));
    }
  }

  /// A cosine.
  public Schedule(double peak, double floor, long warmup, long steps) {
    this(Kind.COSINE, peak, floor, warmup, 0, steps);
  }

  /// @param step from 1 to steps
  public double at(long step) {
    if (step <= warmup) {
      return peak * step / warmup;
    }
    double done = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
    return peak
        * switch (kind) {
          case COSINE -> floored(0.5 * (1 + Math.cos(Math.PI * done)));
          case LINEAR -> floored(1 - done);
          case CONSTANT -> 1;
          case INVERSE_SQRT -> {
            double scale = warmup > 0 ? warmup : TIMESCALE;
            yield Math.max(floor, Math.sqrt(scale / (step - warmup + scale)));
          }
          case WSD -> {
            double falling = (double) (step - (steps - decay)) / Math.max(1, decay);
            yield falling <= 0 ? 1 : floored(1 - Math.sqrt(Math.min(1, falling)));
          }
        };
  }

  private double floored(double share) {
    return floor + (1 - floor) * share;
  }
}
