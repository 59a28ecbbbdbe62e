package dev.imago.masking;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is assigned to a name that says it is secret, and looks drawn: `api_key = "…"`,
/// `Authorization: Bearer …`; and the password in `scheme://user:password@host`.
///
/// Asked at `=` and `:`; the name stands before and stays.
final class AssignmentDetector implements Detector {
  private static final int NAME = 40;
  private static final int LEAST = 16;
  private static final int MOST = 512;
  private static final int USER = 64;
  private static final int BLANKS = 3;

  private static final List<String> NAMES =
      List.of(
          "passw",
          "pwd",
          "secret",
          "token",
          "apikey",
          "api_key",
          "api-key",
          "access_key",
          "accesskey",
          "private_key",
          "privatekey",
          "credential",
          "authorization",
          "signing_key",
          "encryption_key",
          "auth_key");

  @Override
  public boolean anchors(char c) {
    return c == '=' || c == ':';
  }

  @Override
  public boolean atWordStart() {
    return false;
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (text.at(at) == ':'
        && Character.isLetterOrDigit(text.before(at))
        && text.has(at + 1, "//")) {
      return password(text, at + 3);
    }
    return text.open() || !secret(text, at) ? null : value(text, at);
  }

  private static @Nullable Detection password(Sight text, int from) {
    int i = from;
    while (i - from < USER && !delimits(text.at(i)) && text.at(i) != ':') {
      i++;
    }
    if (text.at(i) != ':') {
      return null;
    }
    int start = ++i;
    while (i - start < MOST && !delimits(text.at(i))) {
      i++;
    }
    boolean host = text.at(i) == '@' && Sight.alphanumeric(text.at(i + 1));
    return host && i > start ? new Detection(PersonalKind.SECRET, start, i) : null;
  }

  private static boolean delimits(char c) {
    return c <= ' ' || c == '/' || c == '@' || c == '"' || c == '<' || c == '>' || c == Sight.END;
  }

  /// Whether the name before says that its value is secret.
  private static boolean secret(Sight text, int at) {
    int end = at;
    while (end > 0 && at - end < BLANKS && " \"':".indexOf(text.before(end)) >= 0) {
      end--;
    }
    // Most names are told by their last letter: password, secret, token, key, …
    if ("dDtTnNyYsSlL".indexOf(text.before(end)) < 0) {
      return false;
    }
    int begin = end;
    while (begin > 0 && end - begin < NAME && named(text.before(begin))) {
      begin--;
    }
    String name = text.text(begin, end).toLowerCase(java.util.Locale.ROOT);
    return NAMES.stream().anyMatch(name::contains);
  }

  private static boolean named(char c) {
    return Sight.alphanumeric(c) || c == '_' || c == '-' || c == '.';
  }

  private static @Nullable Detection value(Sight text, int at) {
    int i = at + 1;
    while (i - at < BLANKS && (text.at(i) == '=' || text.at(i) == '>')) {
      i++;
    }
    i = blanks(text, i);
    for (String scheme : List.of("Bearer ", "Basic ")) {
      if (text.at(i) == 'B' && text.has(i, scheme)) {
        i = blanks(text, i + scheme.length());
      }
    }
    char quote = text.at(i);
    boolean quoted = quote == '"' || quote == '\'' || quote == '`';
    int start = quoted ? i + 1 : i;
    int end = start;
    while (end - start < MOST && valued(text.at(end))) {
      end++;
    }
    char next = text.at(end);
    boolean closed = quoted ? next == quote : next != '(' && next != '[' && next != '{';
    return end - start >= LEAST && closed && Randomness.drawn(text.text(start, end))
        ? new Detection(PersonalKind.SECRET, start, end)
        : null;
  }

  private static int blanks(Sight text, int from) {
    int i = from;
    while (i - from < BLANKS && text.at(i) == ' ') {
      i++;
    }
    return i;
  }

  private static boolean valued(char c) {
    return Sight.alphanumeric(c) || "+/_=.~-".indexOf(c) >= 0;
  }
}
