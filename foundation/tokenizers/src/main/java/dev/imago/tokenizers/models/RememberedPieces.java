package dev.imago.tokenizers.models;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Remembers what short pieces of text became: a fixed number of places, each held by the piece
/// that took it last. So it is bounded, and threads share it without a lock: an entry never
/// changes.
final class RememberedPieces {
  /// Longer pieces are not remembered: they seldom come again.
  static final int MAX_LENGTH = 48;

  private static final int PLACES = 1 << 15;

  /// @param tokens id, start, end of each token, as offsets in the piece
  record Entry(char[] piece, int[] tokens) {}

  private final @Nullable Entry[] entries = new Entry[PLACES];

  /// What is remembered of `text[from, to)`, or null.
  int @Nullable [] find(char[] text, int from, int to, int hash) {
    Entry entry = entries[place(hash)];
    return entry != null && Arrays.equals(entry.piece, 0, entry.piece.length, text, from, to)
        ? entry.tokens
        : null;
  }

  void put(char[] text, int from, int to, int hash, int[] tokens) {
    entries[place(hash)] = new Entry(Arrays.copyOfRange(text, from, to), tokens);
  }

  static int hash(char[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + text[i];
    }
    return hash;
  }

  private static int place(int hash) {
    return (hash * 0x9E3779B9) >>> 17;
  }
}
