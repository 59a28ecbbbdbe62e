package dev.imago.tokenizers.normalizers;

import java.nio.ByteBuffer;

/// Finds the table in a SentencePiece model, a protocol buffer: field 2 of field 3.
final class RealTable {
  private RealTable() {}

  static byte[] of(byte[] model) {
    ByteBuffer spec = field(ByteBuffer.wrap(model), 3);
    ByteBuffer table = field(spec, 2);
    byte[] bytes = new byte[table.remaining()];
    table.get(bytes);
    return bytes;
  }

  private static ByteBuffer field(ByteBuffer message, int wanted) {
    while (message.hasRemaining()) {
      long tag = number(message);
      switch ((int) (tag & 7)) {
        case 0 -> number(message);
        case 1 -> message.position(message.position() + 8);
        case 5 -> message.position(message.position() + 4);
        default -> {
          int size = (int) number(message);
          if (tag >>> 3 == wanted) {
            return message.slice(message.position(), size);
          }
          message.position(message.position() + size);
        }
      }
    }
    throw new IllegalArgumentException("no field " + wanted);
  }

  private static long number(ByteBuffer message) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = message.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
