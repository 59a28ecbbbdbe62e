package dev.imago.generate;

/// Checks of settings, with the value and the bound in the message.
final class Bounds {
  private Bounds() {}

  static void within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s = %s is not in %s … %s".formatted(name, brief(value), brief(least), brief(most)));
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
