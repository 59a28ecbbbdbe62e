package dev.imago.generate;

/// The bounds of what one request may ask of the sampler. The runtime is used without stages and
/// recipes, so it refuses arguments as the JDK does, in the words of the settings' `Bounds`.
final class SamplingBounds {
  private SamplingBounds() {}

  static void within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s = %s is outside %s … %s".formatted(name, brief(value), brief(least), brief(most)));
    }
  }

  static void aboveNought(String name, double value, double most) {
    if (!(value > 0 && value <= most)) {
      throw new IllegalArgumentException(
          "%s = %s is not above 0 and at most %s".formatted(name, brief(value), brief(most)));
    }
  }

  private static String brief(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Float.toString((float) value);
  }
}
