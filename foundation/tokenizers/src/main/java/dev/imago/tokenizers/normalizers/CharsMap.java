package dev.imago.tokenizers.normalizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// SentencePiece's `precompiled_charsmap`: what takes the place of which bytes of UTF-8.
///
/// Little-endian: the size of a trie in bytes (32 bits), the trie, and the replacements, each ended
/// by a zero byte. The trie is a double array as `darts-clone` has it, units of 32 bits: bits 0 to
/// 7 a unit's own byte, bit 8 whether a key ends with it, bits 10 to 30 the way to its children
/// (times 256 where bit 9 is set). The unit of key's end holds in bits 0 to 30 where its
/// replacement starts.
final class CharsMap {
  private static final int LABEL = 1 << 31 | 0xff;
  private static final int KEY_ENDS = 1 << 8;
  private static final int FAR = 1 << 9;

  private final int[] units;
  private final byte[] replacements;

  private CharsMap(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException saying what is wrong with the bytes
  static CharsMap read(byte[] bytes) {
    if (bytes.length < 4) {
      throw new IllegalArgumentException(
          "has %d bytes, where the size of its trie takes 4".formatted(bytes.length));
    }
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = Integer.toUnsignedLong(buffer.getInt());
    if (size < 4 || size > buffer.remaining()) {
      throw new IllegalArgumentException(
          "says that its trie has %d bytes, where 4 … %d are there"
              .formatted(size, buffer.remaining()));
    }
    int[] units = new int[(int) size / 4];
    buffer.asIntBuffer().get(units);
    byte[] replacements = new byte[bytes.length - 4 - 4 * units.length];
    buffer.get(4 + 4 * units.length, replacements);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("has replacements that are not UTF-8", e);
    }
    var map = new CharsMap(units, replacements);
    map.check();
    return map;
  }

  /// What takes the place of the bytes from a position to another, by the shortest key that they
  /// start with; null where they start with none.
  @Nullable String replacement(byte[] text, int from, int to) {
    int node = children(0, units[0]);
    for (int i = from; i < to && text[i] != 0; i++) {
      int at = node ^ (text[i] & 0xff);
      if (at < 0 || at >= units.length || (units[at] & LABEL) != (text[i] & 0xff)) {
        return null;
      }
      node = children(at, units[at]);
      if ((units[at] & KEY_ENDS) != 0) {
        return replacement(units[node] & ~(1 << 31));
      }
    }
    return null;
  }

  /// The longest key that a text has at a position: its length in UTF-16 units in the upper half,
  /// in the lower where its replacement starts; −1 where there is none.
  long longest(String text, int from) {
    long found = -1;
    int node = children(0, units[0]);
    for (int i = from; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      int at = 0;
      for (int b = bytes - 1; b >= 0; b--) {
        int lead = bytes == 1 ? 0 : 0xf00 >> bytes & 0xff;
        int unit = b == bytes - 1 ? lead | c >>> 6 * b : 0x80 | c >>> 6 * b & 0x3f;
        at = node ^ unit;
        if (unit == 0 || at >= this.units.length || (this.units[at] & LABEL) != unit) {
          return found;
        }
        node = children(at, this.units[at]);
      }
      if ((this.units[at] & KEY_ENDS) != 0) {
        found = (long) (i - from) << 32 | this.units[node] & ~(1 << 31);
      }
    }
    return found;
  }

  private static int children(int at, int unit) {
    return at ^ (unit >>> 10) << ((unit & FAR) >> 6);
  }

  /// The replacement that starts at a position.
  String replacement(int from) {
    int to = from;
    while (to < replacements.length && replacements[to] != 0) {
      to++;
    }
    return new String(replacements, from, to - from, StandardCharsets.UTF_8);
  }

  /// Looks at the end of every key, whether a way leads to it or not. What leads out of the trie
  /// otherwise only ends a search.
  private void check() {
    for (int at = 0; at < units.length; at++) {
      int label = units[at] & LABEL;
      if (0 < label && (units[at] & KEY_ENDS) != 0) {
        checkEnd(at, children(at, units[at]));
      }
    }
  }

  private void checkEnd(int at, int end) {
    if (end < 0 || end >= units.length) {
      throw new IllegalArgumentException(
          "leads from unit %d of its trie to unit %d, where it has %d units"
              .formatted(at, Integer.toUnsignedLong(end), units.length));
    }
    int start = units[end] & ~(1 << 31);
    if (start > replacements.length
        || start < replacements.length && (replacements[start] & 0xc0) == 0x80) {
      throw new IllegalArgumentException(
          "leads at unit %d of its trie to a replacement at %d, which is not where one of its %d bytes of them can start"
              .formatted(end, start, replacements.length));
    }
  }
}
