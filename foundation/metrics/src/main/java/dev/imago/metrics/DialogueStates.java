package dev.imago.metrics;

import java.util.List;
import java.util.Map;

/// How well the states of dialogues were told, turn by turn. Henderson et al. 2014, W14-4337.
public final class DialogueStates {
  private DialogueStates() {}

  /// Joint goal accuracy: the share of the turns all of whose slots were told, each with its value,
  /// and no other.
  ///
  /// @param gold of each turn, values by slot
  /// @param predicted as many
  public static double jointGoalAccuracy(
      List<Map<String, String>> gold, List<Map<String, String>> predicted) {
    check(gold, predicted);
    int right = 0;
    for (int i = 0; i < gold.size(); i++) {
      right += gold.get(i).equals(predicted.get(i)) ? 1 : 0;
    }
    return (double) right / gold.size();
  }

  /// The share of slots, over all turns, that have the same value on both sides or on neither.
  ///
  /// @param slots how many there are in all
  public static double slotAccuracy(
      List<Map<String, String>> gold, List<Map<String, String>> predicted, int slots) {
    check(gold, predicted);
    long wrong = 0;
    for (int i = 0; i < gold.size(); i++) {
      Map<String, String> is = gold.get(i);
      Map<String, String> told = predicted.get(i);
      wrong +=
          is.entrySet().stream().filter(s -> !s.getValue().equals(told.get(s.getKey()))).count();
      wrong += told.keySet().stream().filter(slot -> !is.containsKey(slot)).count();
    }
    return 1 - (double) wrong / ((long) slots * gold.size());
  }

  private static void check(List<?> gold, List<?> predicted) {
    if (gold.isEmpty() || gold.size() != predicted.size()) {
      throw new IllegalArgumentException(
          "%,d turns and %,d predictions are not as many, or none; give one for each"
              .formatted(gold.size(), predicted.size()));
    }
  }
}
