package dev.imago.evaluate;

import java.util.List;
import java.util.Optional;

/// Something that is looked at in every answer by itself: whether it is JSON, whether its numbers
/// stand in its source. See [AnswerChecks] for those that there are.
public interface ResponseCheck extends AutoCloseable {
  /// Such as `json`.
  String name();

  /// Every choice that changes the number.
  String signature();

  /// Whether less is better, as of refusals.
  default boolean lowerIsBetter() {
    return false;
  }

  /// What people should know of the check itself, such as how often its head is right.
  default List<String> notes() {
    return List.of();
  }

  /// Of each answer, in their order.
  List<Optional<Finding>> of(List<CheckedAnswer> answers);

  /// What was found of an answer; none of one that the check does not concern, such as the numbers
  /// of a text without any.
  ///
  /// @param value 0 … 1
  /// @param why what speaks against the answer, in words; empty where nothing does
  record Finding(double value, String why) {
    static Optional<Finding> of(boolean is, String why) {
      return Optional.of(new Finding(is ? 1 : 0, why));
    }
  }

  @Override
  default void close() {}
}
