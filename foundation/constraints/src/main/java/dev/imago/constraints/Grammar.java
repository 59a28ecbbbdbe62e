package dev.imago.constraints;

import java.util.List;

/// A set of texts, whatever it was read from, over no tokenizer yet: [TokenTrie#constrain] makes a
/// constraint of it. Thread-safe.
///
/// ```java
/// TokenConstraint yesOrNo = TokenTrie.of(tokenizer).constrain(Grammar.choice(List.of("yes", "no")));
/// ```
public final class Grammar {
  /// Bytes of all choices together.
  private static final int MOST_CHOICE_BYTES = 4 << 20;

  private final ByteNode start;

  Grammar(ByteNode start) {
    this.start = start;
  }

  ByteNode start() {
    return start;
  }

  /// One of these texts.
  ///
  /// @throws ConstraintException where there are none, one is empty, or they are too long together
  public static Grammar choice(List<String> texts) {
    if (texts.isEmpty()) {
      throw new ConstraintException("no choices; give one text at least");
    }
    var root = new BuiltNode();
    long bytes = 0;
    for (String text : texts) {
      if (text.isEmpty()) {
        throw new ConstraintException("a choice is empty; each has one character at least");
      }
      bytes += text.length();
      if (bytes > MOST_CHOICE_BYTES) {
        throw new ConstraintException(
            "the choices have more than %,d characters together; give fewer or shorter ones"
                .formatted(MOST_CHOICE_BYTES));
      }
      root.literal(text).accept();
    }
    return new Grammar(root);
  }
}
