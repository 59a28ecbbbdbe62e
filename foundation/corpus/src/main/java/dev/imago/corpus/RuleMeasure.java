package dev.imago.corpus;

/// What a rule measures in a document, beside its bounds.
///
/// @param rule its name, as [BrokenRule] has it
/// @param source who published the rule, or `ours`
/// @param value what was measured
/// @param least the smallest value that passes; −∞ for none
/// @param most the largest value that passes; ∞ for none
public record RuleMeasure(String rule, String source, double value, double least, double most) {
  /// Whether the rule lets the document pass.
  public boolean passes() {
    return value >= least && value <= most;
  }

  static <T> RuleMeasure of(Rule<T> rule, T what) {
    return new RuleMeasure(
        rule.name(), rule.source(), rule.measure().applyAsDouble(what), rule.least(), rule.most());
  }
}
