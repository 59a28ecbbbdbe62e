package dev.imago.tokenizers.formats;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Steps through a message of protocol buffers, every length checked against what is there.
///
/// ```java
/// while (reader.next()) {
///   switch (reader.field()) {
///     case 1 -> text = reader.string();
///     default -> reader.skip();
///   }
/// }
/// ```
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final String file;
  private final byte[] bytes;
  private final int to;
  private int at;
  private int tagAt;
  private int field;
  private int wire;

  ProtoReader(String file, byte[] bytes) {
    this(file, bytes, 0, bytes.length);
  }

  private ProtoReader(String file, byte[] bytes, int from, int to) {
    this.file = file;
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  /// Goes to the next field; false at the end.
  boolean next() {
    if (at == to) {
      return false;
    }
    tagAt = at;
    long tag = varint();
    wire = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE) {
      throw broken("there is the field number " + Long.toUnsignedString(tag >>> 3));
    }
    field = (int) (tag >>> 3);
    return true;
  }

  int field() {
    return field;
  }

  /// The field's value as a message.
  ProtoReader message() {
    int length = length();
    at += length;
    return new ProtoReader(file, bytes, at - length, at);
  }

  byte[] bytes() {
    int length = length();
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  String string() {
    int length = length();
    try {
      String string =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length)).toString();
      at += length;
      return string;
    } catch (CharacterCodingException e) {
      throw broken("a text of " + length + " bytes is no UTF-8");
    }
  }

  boolean bool() {
    return number() != 0;
  }

  long number() {
    need(VARINT, "a number");
    return varint();
  }

  float real() {
    need(FIXED32, "a number of 32 bits");
    checkRoom(4);
    float value =
        Float.intBitsToFloat(
            bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | bytes[at + 3] << 24);
    at += 4;
    return value;
  }

  void skip() {
    switch (wire) {
      case VARINT -> varint();
      case FIXED64 -> {
        checkRoom(8);
        at += 8;
      }
      case BYTES -> {
        int length = length();
        at += length;
      }
      case FIXED32 -> {
        checkRoom(4);
        at += 4;
      }
      default -> throw broken("field %d has the wire type %d".formatted(field, wire));
    }
  }

  private int length() {
    need(BYTES, "text or a message");
    long length = varint();
    if (length < 0 || length > to - at) {
      throw broken(
          "field %d says that it has %s bytes, where %d are left"
              .formatted(field, Long.toUnsignedString(length), to - at));
    }
    return (int) length;
  }

  private void need(int wanted, String what) {
    if (wire != wanted) {
      throw broken("field %d has the wire type %d, where %s is due".formatted(field, wire, what));
    }
  }

  private void checkRoom(int length) {
    if (length > to - at) {
      throw broken("field %d needs %d bytes, where %d are left".formatted(field, length, to - at));
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == to) {
        throw broken("it ends within a number");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("a number has more than 10 bytes");
  }

  /// The complaint that the file is broken at the current field.
  IllegalArgumentException broken(String what) {
    return new IllegalArgumentException(
        "%s: at byte %d, %s; the file is cut or no SentencePiece model: get it again from where it came"
            .formatted(file, tagAt, what));
  }
}
