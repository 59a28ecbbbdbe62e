package dev.imago.constraints;

import java.util.List;

/// A condition on a JSON value, made by [Formulas], one object for each. Conditions on one type
/// hold of all values of other types.
///
/// @param id in the order of their making
record Formula(int id, Term term) {
  static final int NULL = 1;
  static final int TRUE = 2;
  static final int FALSE = 4;
  static final int NUMBER = 8;
  static final int STRING = 16;
  static final int ARRAY = 32;
  static final int OBJECT = 64;
  static final int EVERY_TYPE = 127;

  /// No limit of a count or an index.
  static final int ENDLESS = Integer.MAX_VALUE;

  /// What a condition is.
  sealed interface Term {
    /// Of one of these types; 0 for a condition that nothing meets.
    record Types(int mask) implements Term {}

    record And(List<Formula> parts) implements Term {}

    record Or(List<Formula> parts) implements Term {}

    /// One of the parts, and no other, is met.
    record ExactlyOne(List<Formula> parts) implements Term {}

    /// A number that is written as one of these plain decimals.
    record Numbers(TextDfa decimals) implements Term {}

    record Strings(TextDfa texts) implements Term {}

    /// All items from one index to another, which is left out, meet a condition.
    record AllItems(int from, int to, Formula each) implements Term {}

    /// As many of them do as these bounds say.
    record CountItems(int from, int to, Formula each, int least, int most) implements Term {}

    /// The values of all keys of a set meet a condition.
    record AllKeys(KeySet keys, Formula each) implements Term {}

    record CountKeys(KeySet keys, Formula each, int least, int most) implements Term {}

    /// What a reference leads to, or its contrary.
    record Later(SchemaReference to, boolean negated) implements Term {}
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id;
  }
}
