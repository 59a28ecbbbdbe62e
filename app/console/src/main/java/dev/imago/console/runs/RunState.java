package dev.imago.console.runs;

/// What is known of a run.
public enum RunState {
  RUNNING,
  DONE,
  FAILED,
  KILLED,
  /// Another trainer's, of which only event files tell: whether it goes on is not in them.
  LOGGED;

  /// As in an address and in the names of texts.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
