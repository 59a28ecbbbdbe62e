package dev.imago.core;

import java.util.List;

/// Takes what work says of itself to people: a stage's run, or a job that has no workspace.
public interface Reporter {
  /// A line for people about what was done or passed over.
  void note(String line);

  /// A table for people, printed when the stage ends and kept with the run.
  ///
  /// @param rows each of as many cells as the header has
  void table(String title, List<String> header, List<List<String>> rows);
}
