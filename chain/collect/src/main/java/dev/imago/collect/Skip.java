package dev.imago.collect;

/// Why something was passed over.
enum Skip {
  OTHER("another kind of file"),
  EMPTY("empty"),
  BINARY("binary"),
  ENCODING("no valid UTF-8"),
  LARGE("larger than its cap"),
  LINE("broken JSONL line"),
  ARCHIVE("broken archive or entry"),
  BOMB("unpacks to more than its caps"),
  NESTED("archive in an archive"),
  UNREADABLE("unreadable");

  private final String words;

  Skip(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /// Whether a user should see the first ones by name, not only their count.
  boolean noted() {
    return this != OTHER && this != EMPTY;
  }
}
