package dev.imago.tokenizers.bytelevel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads and hashes bytes eight at a time.
final class Bytes {
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final long MIX = 0x9E3779B97F4A7C15L;

  private Bytes() {}

  static long longAt(byte[] text, int at) {
    return (long) LONG.get(text, at);
  }

  /// Up to eight bytes as a long, the first lowest, zeros after them.
  static long part(byte[] text, int from, int to) {
    if (from + 8 <= text.length) {
      int length = to - from;
      return length >= 8
          ? longAt(text, from)
          : length <= 0 ? 0 : longAt(text, from) & (1L << length * 8) - 1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      value |= (text[i] & 0xffL) << (i - from) * 8;
    }
    return value;
  }

  /// A hash of `text[from, to)`, whose high half is the better one.
  static long hash(byte[] text, int from, int to) {
    long hash = to - from;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      hash = (hash ^ longAt(text, i)) * MIX;
      hash ^= hash >>> 29;
    }
    hash = (hash ^ part(text, i, to)) * MIX;
    return hash ^ hash >>> 32;
  }
}
