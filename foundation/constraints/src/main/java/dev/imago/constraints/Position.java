package dev.imago.constraints;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a text stands in a grammar: every way to read it so far, each a node and what is left open
/// around it. One object for each such set, with what was found out about it.
final class Position {
  /// The position of a text that no text of the grammar begins with.
  static final Position DEAD = new Position(new long[0], List.of(), false);

  /// Stands for more positions than one: see [PlainTokens].
  static final Position SEVERAL = new Position(new long[] {-1}, List.of(), false);

  /// What is left open: after this rule comes `after`, inside `parent`.
  ///
  /// @param depth of rules open, this one among them
  record Frame(int id, int depth, ByteNode after, @Nullable Frame parent) {}

  /// One way to read the text.
  record Reading(ByteNode node, @Nullable Frame frame) {}

  private final long[] key;
  final List<Reading> readings;

  /// Whether the whole text may end here.
  final boolean accepting;

  /// By the next byte; null where it was not yet asked for.
  @Nullable Position @Nullable [] next;

  /// The position after any plain character: see [PlainTokens].
  @Nullable Position afterPlain;

  /// The tokens that may come next; of an answer's first token where `firstMask`.
  long @Nullable [] mask;

  long @Nullable [] firstMask;

  /// @param key of the readings, sorted
  Position(long[] key, List<Reading> readings, boolean accepting) {
    this.key = key;
    this.readings = readings;
    this.accepting = accepting;
  }

  /// The one byte that may come next; −1 where there are several, or the text may end.
  int onlyByte() {
    if (accepting) {
      return -1;
    }
    int only = -1;
    for (Reading reading : readings) {
      for (ByteNode.Span span : reading.node().edges().spans()) {
        if (span.from() != span.to() || only >= 0 && only != span.from()) {
          return -1;
        }
        only = span.from();
      }
    }
    return only;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Position p && accepting == p.accepting && Arrays.equals(key, p.key);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + (accepting ? 1 : 0);
  }
}
