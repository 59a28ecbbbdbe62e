package dev.imago.tasks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a user's own files hold of one task's examples, and what was left out of them.
///
/// @param <E> an example
public final class Given<E> {
  /// Examples of a reason that are kept to be told.
  private record LeftOut(long count, String first) {}

  private final List<E> examples = new ArrayList<>();
  private final Map<String, LeftOut> leftOut = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Long> rows = new LinkedHashMap<>();

  /// Counts a row or sentence that was read, taken or not.
  ///
  /// @return its number in its file, from 1
  public long row(String file) {
    return rows.merge(file, 1L, Long::sum);
  }

  public void take(E example) {
    examples.add(example);
  }

  /// Counts one that is of no use.
  ///
  /// @param at its file and line
  public void leaveOut(String reason, String at) {
    leftOut.merge(
        reason, new LeftOut(1, at), (old, one) -> new LeftOut(old.count() + 1, old.first()));
  }

  public void note(String note) {
    notes.add(note);
  }

  public List<E> examples() {
    return List.copyOf(examples);
  }

  /// How many rows or sentences were read.
  public long rows() {
    return rows.values().stream().mapToLong(n -> n).sum();
  }

  /// What people should know: what was left out, with the first place of each reason, and notes.
  public List<String> notes() {
    var all = new ArrayList<String>();
    leftOut.forEach(
        (reason, n) ->
            all.add("left out: %,d, %s (first: %s)".formatted(n.count(), reason, n.first())));
    all.addAll(notes);
    return all;
  }
}
