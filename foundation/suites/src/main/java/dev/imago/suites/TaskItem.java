package dev.imago.suites;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One item of a task: a row, what is asked of a model for it, and what is right.
///
/// @param id its place in the data, from 0
/// @param requests in the order of the choices; with mutual information, those without context
///   after
/// @param choices none where the task has none
/// @param target a text, a choice's number, or a list of these
public record TaskItem(
    int id,
    Map<String, @Nullable Object> row,
    List<ModelRequest> requests,
    List<String> choices,
    Object target) {
  public TaskItem {
    requests = List.copyOf(requests);
    choices = List.copyOf(choices);
  }

  /// What is right, in words.
  public String gold() {
    return target instanceof Long n && n >= 0 && n < choices.size()
        ? choices.get(Math.toIntExact(n))
        : PythonText.of(target);
  }
}
