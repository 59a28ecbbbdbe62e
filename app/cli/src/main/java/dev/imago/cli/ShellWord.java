package dev.imago.cli;

/// A word of a command that is shown for people to copy.
final class ShellWord {
  private ShellWord() {}

  /// As a shell takes it.
  static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
