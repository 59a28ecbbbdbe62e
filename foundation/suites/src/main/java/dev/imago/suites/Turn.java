package dev.imago.suites;

/// A message of a prompt: of a conversation its role and text, of plain text its text with what
/// parts it from the next.
///
/// @param role `system`, `user` or `assistant`
/// @param delimiter what follows it in plain text
public record Turn(String role, String content, String delimiter) {
  static Turn of(String role, String content) {
    return new Turn(role, content, "");
  }

  String text() {
    return content + delimiter;
  }
}
