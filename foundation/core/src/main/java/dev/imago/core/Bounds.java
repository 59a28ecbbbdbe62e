package dev.imago.core;

/// Refuses what lies outside its bounds, with the setting, the value and both bounds: for the
/// compact constructors of configs. Their messages begin with the setting's own name, before which
/// [Binder] puts the step's.
public final class Bounds {
  private Bounds() {}

  /// A whole number within least … most.
  ///
  /// @throws ConfigException when it is not
  public static void whole(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ConfigException(
          most == Long.MAX_VALUE || most == Integer.MAX_VALUE
              ? "%s = %d is below %d; give %d or more".formatted(name, value, least, least)
              : "%s = %d is outside %d … %d; give one in between"
                  .formatted(name, value, least, most));
    }
  }

  /// A number within least … most; NaN and infinities are within no bounds.
  ///
  /// @param usual what to try instead, such as `0.001 … 0.01 are usual`
  /// @throws ConfigException when it is not
  public static void number(String name, double value, double least, double most, String usual) {
    if (!(value >= least && value <= most)) {
      throw new ConfigException(
          "%s = %s is outside %s … %s; %s".formatted(name, value, least, most, usual));
    }
  }
}
