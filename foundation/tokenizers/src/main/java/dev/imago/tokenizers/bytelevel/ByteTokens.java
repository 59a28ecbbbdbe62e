package dev.imago.tokenizers.bytelevel;

import java.util.Arrays;

/// Finds a token by its bytes: open addressing over the tokens themselves.
final class ByteTokens {
  private final byte[][] tokens;
  private final int[] slots;

  /// @param tokens by id; of equal ones the last counts, empty ones are never found
  ByteTokens(byte[][] tokens) {
    this.tokens = tokens;
    slots = new int[Math.max(16, Integer.highestOneBit(Math.max(1, tokens.length)) * 4)];
    Arrays.fill(slots, -1);
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id].length > 0) {
        slots[slot(tokens[id], 0, tokens[id].length)] = id;
      }
    }
  }

  /// The id of the token `text[from, to)`, or −1.
  int find(byte[] text, int from, int to) {
    return slots[slot(text, from, to)];
  }

  private int slot(byte[] text, int from, int to) {
    int at = (int) (Bytes.hash(text, from, to) >>> 32) & slots.length - 1;
    while (slots[at] >= 0) {
      byte[] token = tokens[slots[at]];
      if (Arrays.equals(token, 0, token.length, text, from, to)) {
        return at;
      }
      at = at + 1 & slots.length - 1;
    }
    return at;
  }
}
