package dev.imago.tasks;

import dev.imago.core.InputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The ids of a task's labels: their places in `task.json`.
public final class LabelIds {
  private final Map<String, Integer> ids = new HashMap<>();

  /// @param labels in the order of their ids
  public LabelIds(List<String> labels) {
    labels.forEach(label -> ids.put(label, ids.size()));
  }

  /// A label's id.
  ///
  /// @param example that has the label
  /// @param rows where the example stands
  /// @throws InputException for a label that is none of the task's
  public int of(String label, String example, Path rows) {
    Integer id = ids.get(label);
    if (id == null) {
      throw new InputException(
          "%s of %s: label = «%s» is none of the %d in task.json; annotate the rows again"
              .formatted(example, rows, label, ids.size()));
    }
    return id;
  }
}
