package dev.imago.constraints;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A schema that is read when it is first looked at: it may be one that contains the reference.
final class SchemaReference {
  private final String name;
  private @Nullable Supplier<Formula> reading;
  private @Nullable Formula formula;

  /// @param name for messages
  SchemaReference(String name, Supplier<Formula> reading) {
    this.name = name;
    this.reading = reading;
  }

  Formula formula() {
    Formula known = formula;
    if (known == null) {
      Supplier<Formula> first = reading;
      if (first == null) {
        throw new ConstraintException(
            "the reference %s leads to itself before it reaches a value".formatted(name));
      }
      reading = null;
      known = first.get();
      formula = known;
    }
    return known;
  }

  String name() {
    return name;
  }
}
