package dev.imago.tokenizers.decoders;

/// Looks for a word in a token that comes in fragments. What cannot be a part of it is passed on at
/// once.
final class Finding {
  /// Takes what was found and what lies between.
  interface Found {
    /// A text without the word, not empty.
    void between(String text);

    /// The word.
    void word();
  }

  private final String word;
  private final Found found;
  private final StringBuilder held = new StringBuilder();

  /// @param word not empty
  Finding(String word, Found found) {
    this.word = word;
    this.found = found;
  }

  void text(String fragment) {
    String text = held.isEmpty() ? fragment : held.append(fragment).toString();
    held.setLength(0);
    int from = 0;
    for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, from)) {
      between(text, from, at);
      found.word();
      from = at + word.length();
    }
    int to = Math.max(from, text.length() - word.length() + 1);
    while (!word.startsWith(text.substring(to))) {
      to++;
    }
    between(text, from, to);
    held.append(text, to, text.length());
  }

  /// Ends the token.
  void end() {
    between(held.toString(), 0, held.length());
    held.setLength(0);
  }

  private void between(String text, int from, int to) {
    if (from < to) {
      found.between(text.substring(from, to));
    }
  }
}
