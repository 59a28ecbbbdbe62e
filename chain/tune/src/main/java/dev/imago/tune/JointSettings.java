package dev.imago.tune;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.data.TaskModels;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Several tasks that are learned on one body.
///
/// @param tasks their names: of the labels, then of each of `others`
/// @param taskWeights times the loss of some, by their names; 1 for the rest
/// @param taskTemperature T: how often a task has a step is in proportion to its examples to the
///   power of 1/T. 1 is by examples; the larger, the more even. Raffel et al. 2020,
///   arXiv:1910.10683, section 3.5.2
public record JointSettings(
    List<String> tasks, Map<String, Double> taskWeights, double taskTemperature) {
  /// One task.
  public static final JointSettings NONE = new JointSettings(List.of(), Map.of(), 1);

  public JointSettings {
    tasks = List.copyOf(tasks);
    taskWeights = Map.copyOf(taskWeights);
    Bounds.number("taskTemperature", taskTemperature, 1, 1000, "1 is by examples, 2 is usual");
    for (String name : tasks) {
      if (!TaskModels.isName(name)) {
        throw new ConfigException(
            "tasks = «%s» is no name of a task; letters, digits, _ and - make one".formatted(name));
      }
    }
    if (new HashSet<>(tasks).size() < tasks.size()) {
      throw new ConfigException(
          "tasks = %s names one twice; each needs a name of its own".formatted(tasks));
    }
    for (Map.Entry<String, Double> each : taskWeights.entrySet()) {
      Bounds.number("taskWeights." + each.getKey(), each.getValue(), 0.001, 1000, "1 is usual");
      if (!tasks.contains(each.getKey())) {
        throw new ConfigException(
            "taskWeights.%s is of none of the tasks, %s"
                .formatted(each.getKey(), String.join(", ", tasks)));
      }
    }
  }

  /// Times the loss of a task.
  double weight(String name) {
    return taskWeights.getOrDefault(name, 1.0);
  }

  /// Checks that there is a name for each labels.
  ///
  /// @param labels how many
  /// @throws ConfigException where there is not
  void check(int labels) {
    if (labels == 1) {
      if (!equals(NONE)) {
        throw new ConfigException(
            "tune.tasks = %s names several, and tune.inputs.others binds no labels beside the first; bind them, or leave tasks, taskWeights and taskTemperature out"
                .formatted(tasks));
      }
    } else if (tasks.size() != labels) {
      throw new ConfigException(
          "tune.tasks = %s names %d tasks, and there are labels of %d (tune.inputs.labels, then others); name each, as tune.tasks=[sentiment, topics]"
              .formatted(tasks, tasks.size(), labels));
    }
  }
}
