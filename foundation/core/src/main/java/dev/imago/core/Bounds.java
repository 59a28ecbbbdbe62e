package dev.imago.core;

/// Refuses numbers outside their bounds, with the setting, the value, both bounds and a mend: for
/// compact constructors of configs and for options. A message begins with the setting's own name,
/// before which [Binder] puts the step's.
public final class Bounds {
  private Bounds() {}

  /// A whole number within least … most.
  ///
  /// @throws ConfigException when it is not
  public static void whole(String name, long value, long least, long most) {
    whole(
        name,
        value,
        least,
        most,
        endless(most) ? "give %d or more".formatted(least) : "give one in between");
  }

  /// A whole number within least … most; the largest int or long is no bound.
  ///
  /// @param usual what to try instead, such as `4096 suits a small model`
  /// @throws ConfigException when it is not
  public static void whole(String name, long value, long least, long most, String usual) {
    if (value < least || value > most) {
      throw new ConfigException(
          endless(most)
              ? "%s = %d is below %d; %s".formatted(name, value, least, usual)
              : "%s = %d is outside %d … %d; %s".formatted(name, value, least, most, usual));
    }
  }

  private static boolean endless(long most) {
    return most == Long.MAX_VALUE || most == Integer.MAX_VALUE;
  }

  /// A number within least … most; NaN and infinities are within no bounds.
  ///
  /// @throws ConfigException when it is not
  public static void number(String name, double value, double least, double most) {
    number(name, value, least, most, "give one in between");
  }

  /// A number within least … most; NaN and infinities are within no bounds.
  ///
  /// @param usual what to try instead, such as `0.001 … 0.01 are usual`
  /// @throws ConfigException when it is not
  public static void number(String name, double value, double least, double most, String usual) {
    if (!(value >= least && value <= most)) {
      throw new ConfigException(
          "%s = %s is outside %s … %s; %s"
              .formatted(name, brief(value), brief(least), brief(most), usual));
    }
  }

  /// A number above a bound that it must not reach, and at most another.
  ///
  /// @throws ConfigException when it is not
  public static void above(String name, double value, double least, double most, String usual) {
    if (!(value > least && value <= most)) {
      throw new ConfigException(
          "%s = %s is not above %s and at most %s; %s"
              .formatted(name, brief(value), brief(least), brief(most), usual));
    }
  }

  /// Whole numbers without a point, and what was a float with a float's digits.
  private static String brief(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : (double) (float) value == value ? Float.toString((float) value) : Double.toString(value);
  }
}
