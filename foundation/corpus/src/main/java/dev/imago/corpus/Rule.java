package dev.imago.corpus;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// One rule of quality: a measure that must lie within bounds.
///
/// @param <T> what is measured
/// @param name as it stands in tables and in a reject's tag `rule`
/// @param source who published the rule, or `ours`
/// @param least the smallest value that passes
/// @param most the largest value that passes
record Rule<T>(String name, String source, ToDoubleFunction<T> measure, double least, double most) {
  static <T> Rule<T> atLeast(
      String name, String source, ToDoubleFunction<T> measure, double least) {
    return new Rule<>(name, source, measure, least, Double.POSITIVE_INFINITY);
  }

  static <T> Rule<T> atMost(String name, String source, ToDoubleFunction<T> measure, double most) {
    return new Rule<>(name, source, measure, Double.NEGATIVE_INFINITY, most);
  }

  /// The first rule that something breaks, and the value that broke it.
  static <T> Optional<BrokenRule> firstBroken(List<Rule<T>> rules, T of) {
    for (Rule<T> rule : rules) {
      double measured = rule.measure.applyAsDouble(of);
      if (!(measured >= rule.least && measured <= rule.most)) {
        return Optional.of(new BrokenRule(rule.name, measured));
      }
    }
    return Optional.empty();
  }
}
