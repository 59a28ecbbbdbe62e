package dev.imago.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A message of protocol buffers that is put together field by field, and that [ProtoFields] reads.
/// <https://protobuf.dev/programming-guides/encoding>
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ProtoMessage number(int field, long value) {
    varint((long) field << 3 | VARINT);
    varint(value);
    return this;
  }

  ProtoMessage real(int field, float value) {
    varint((long) field << 3 | FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.write(bits >>> shift);
    }
    return this;
  }

  ProtoMessage text(int field, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    opens(field, utf8.length);
    bytes.write(utf8, 0, utf8.length);
    return this;
  }

  ProtoMessage message(int field, ProtoMessage message) {
    opens(field, message.bytes.size());
    bytes.writeBytes(message.bytes.toByteArray());
    return this;
  }

  /// What stands before a field of so many bytes, which come by another way.
  ProtoMessage opens(int field, long length) {
    varint((long) field << 3 | BYTES);
    varint(length);
    return this;
  }

  /// The fields of another, after its own.
  ProtoMessage then(ProtoMessage more) {
    bytes.writeBytes(more.bytes.toByteArray());
    return this;
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
  }

  int size() {
    return bytes.size();
  }

  void writeTo(OutputStream out) throws IOException {
    bytes.writeTo(out);
  }
}
