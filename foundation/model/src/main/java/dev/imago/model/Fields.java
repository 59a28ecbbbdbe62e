package dev.imago.model;

import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;

/// A file's fields that describe a model, each checked against its bounds where it is read.
public abstract class Fields {
  static final int MOST_TOKENS = 1 << 24;

  private final Set<String> asked = new HashSet<>();

  /// Notes that these fields were asked for, or that what was read makes them change nothing.
  public final void note(String... fields) {
    asked.addAll(Set.of(fields));
  }

  /// Whether it was noted.
  final boolean noted(String field) {
    return asked.contains(field);
  }

  /// What a field is called in the file.
  protected abstract String shown(String field);

  /// A field's number; empty where it is missing.
  ///
  /// @throws IllegalArgumentException when it is no number
  protected abstract OptionalDouble number(String field);

  /// A whole number that must be there.
  public final int whole(String field, int least, int most) {
    OptionalDouble found = number(field);
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          shown(field) + " is missing; the file is not whole, get it again");
    }
    return checked(field, found.getAsDouble(), least, most);
  }

  /// A whole number, or another where it is missing.
  public final int whole(String field, int least, int most, int otherwise) {
    return checked(field, number(field).orElse(otherwise), least, most);
  }

  private int checked(String field, double value, int least, int most) {
    if (value != Math.rint(value) || value < least || value > most) {
      throw new IllegalArgumentException(
          "%s = %s is no whole number from %,d to %,d; the file is damaged or of another kind of model, get it again"
              .formatted(shown(field), plain(value), least, most));
    }
    return (int) value;
  }

  /// A real number within bounds, both included.
  public final float real(String field, double least, double most, double otherwise) {
    double value = number(field).orElse(otherwise);
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s = %s is not from %s to %s; the file is damaged or of another kind of model, get it again"
              .formatted(shown(field), plain(value), plain(least), plain(most)));
    }
    return (float) value;
  }

  /// A real number that must be there.
  public final float real(String field, double least, double most) {
    if (number(field).isEmpty()) {
      throw new IllegalArgumentException(
          shown(field) + " is missing; the file is not whole, get it again");
    }
    return real(field, least, most, least);
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  public final int vocabularySize(String field) {
    return whole(field, 1, MOST_TOKENS);
  }

  public final int width(String field) {
    return whole(field, 1, 1 << 17);
  }

  public final int layers(String field) {
    return whole(field, 1, 1024);
  }

  public final int heads(String field) {
    return whole(field, 1, 4096);
  }

  public final int feedForward(String field) {
    return whole(field, 1, 1 << 20);
  }

  public final int context(String field, int otherwise) {
    return whole(field, 1, MOST_TOKENS, otherwise);
  }

  /// Of a norm: not so small that it is nothing, nor so large that it is the norm.
  public final float epsilon(String field, double otherwise) {
    return real(field, 1e-15, 0.1, otherwise);
  }

  /// Of rotary positions.
  public final float ropeBase(String field, double otherwise) {
    return real(field, 1.001, 1e12, otherwise);
  }

  /// A field that has one value which is computed.
  public final void expect(String field, String found, String value) {
    if (!found.equals(value)) {
      throw new IllegalArgumentException(
          "%s = %s is not supported; %s is".formatted(shown(field), found, value));
    }
  }
}
