package dev.imago.masking;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What stands in the place of what was taken out of one document, or of one request: the same for
/// the same value; and the way back. Thread-safe: an answer may be rated while it is served.
public final class Replacements {
  private final Optional<Pseudonyms> pseudonyms;
  private final Map<PersonalKind, Map<String, String>> given = new HashMap<>();
  private final Map<String, String> values = new HashMap<>();

  private Replacements(Optional<Pseudonyms> pseudonyms) {
    this.pseudonyms = pseudonyms;
  }

  /// Placeholders, numbered where rules ask for it.
  public static Replacements placeholders() {
    return new Replacements(Optional.empty());
  }

  /// Pseudonyms too.
  public static Replacements keyed(Pseudonyms pseudonyms) {
    return new Replacements(Optional.of(pseudonyms));
  }

  /// The same so far; what is replaced by one of them after this call, the other does not know.
  public synchronized Replacements copy() {
    var copy = new Replacements(pseudonyms);
    given.forEach((kind, known) -> copy.given.put(kind, new HashMap<>(known)));
    copy.values.putAll(values);
    return copy;
  }

  String of(PersonalKind kind, MaskAction action, String value) {
    return switch (action) {
      case MASK -> kind.placeholder();
      case NOTE -> value;
      case BLOCK -> throw new BlockedTextException(kind);
      case NUMBER, PSEUDONYM -> consistent(kind, action, value);
    };
  }

  private synchronized String consistent(PersonalKind kind, MaskAction action, String value) {
    Map<String, String> known = given.computeIfAbsent(kind, _ -> new HashMap<>());
    String before = known.get(value);
    if (before != null) {
      return before;
    }
    String replacement =
        action == MaskAction.NUMBER ? kind.numbered(known.size() + 1) : pseudonym(kind, value);
    known.put(value, replacement);
    values.put(replacement, value);
    return replacement;
  }

  private String pseudonym(PersonalKind kind, String value) {
    Pseudonyms made =
        pseudonyms.orElseThrow(
            () -> new IllegalStateException("pseudonyms need a key, and none was given"));
    for (int attempt = 0; ; attempt++) {
      String pseudonym = made.of(kind, value, attempt);
      if (!values.containsKey(pseudonym)) {
        return pseudonym;
      }
    }
  }

  /// What replaced which value, for a later [RestoreStream].
  public synchronized Map<String, String> values() {
    return Map.copyOf(values);
  }

  /// Whether there is anything to restore.
  public synchronized boolean isEmpty() {
    return values.isEmpty();
  }

  /// A text with the values in the place of what replaced them.
  public String restore(String text) {
    RestoreStream stream = restoring();
    String most = stream.append(text);
    return most + stream.finish();
  }

  /// The same for a text that comes in pieces. What is replaced after this call is not restored.
  public synchronized RestoreStream restoring() {
    return new RestoreStream(values);
  }
}
