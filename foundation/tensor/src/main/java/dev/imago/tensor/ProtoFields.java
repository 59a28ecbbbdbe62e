package dev.imago.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Steps through a message of protocol buffers in a mapped file, every length checked against what
/// is there. <https://protobuf.dev/programming-guides/encoding>
final class ProtoFields {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /// What takes the numbers of a repeated field.
  interface Taker {
    void take(long number) throws IOException;
  }

  private final Path file;
  private final MemorySegment all;
  private final long end;
  private long at;
  private long tagAt;
  private int field;
  private int wire;

  ProtoFields(Path file, MemorySegment all) {
    this(file, all, 0, all.byteSize());
  }

  private ProtoFields(Path file, MemorySegment all, long from, long end) {
    this.file = file;
    this.all = all;
    this.at = from;
    this.end = end;
  }

  /// Goes to the next field; false at the end.
  boolean next() throws BrokenFileException {
    if (at == end) {
      return false;
    }
    tagAt = at;
    long tag = varint();
    wire = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > 1 << 29) {
      throw broken("there is the field number " + Long.toUnsignedString(tag >>> 3));
    }
    field = (int) (tag >>> 3);
    return true;
  }

  int field() {
    return field;
  }

  /// The field's value as a message.
  ProtoFields message() throws BrokenFileException {
    long length = length();
    at += length;
    return new ProtoFields(file, all, at - length, at);
  }

  /// The field's bytes, in place.
  MemorySegment bytes() throws BrokenFileException {
    long length = length();
    at += length;
    return all.asSlice(at - length, length);
  }

  String text() throws BrokenFileException {
    MemorySegment bytes = bytes();
    if (bytes.byteSize() > 1 << 16) {
      throw broken("a name of %d bytes is longer than any".formatted(bytes.byteSize()));
    }
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE));
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      throw broken("a text of %d bytes is no UTF-8".formatted(bytes.byteSize()));
    }
  }

  long number() throws BrokenFileException {
    need(VARINT, "a number");
    return varint();
  }

  float real() throws BrokenFileException {
    need(FIXED32, "a number of 32 bits");
    checkRoom(4);
    at += 4;
    return all.get(HostTensor.F32, at - 4);
  }

  /// One number of a repeated field, or all of them where they are packed.
  void numbers(Taker to) throws IOException {
    if (wire != BYTES) {
      to.take(number());
      return;
    }
    ProtoFields packed = message();
    packed.tagAt = tagAt;
    while (packed.at < packed.end) {
      to.take(packed.varint());
    }
  }

  void skip() throws BrokenFileException {
    switch (wire) {
      case VARINT -> varint();
      case FIXED64 -> {
        checkRoom(8);
        at += 8;
      }
      case BYTES -> {
        long length = length(); // which goes on itself, to behind the number
        at += length;
      }
      case FIXED32 -> {
        checkRoom(4);
        at += 4;
      }
      default -> throw broken("field %d has the wire type %d".formatted(field, wire));
    }
  }

  /// The length of what follows; `at` stands behind it.
  private long length() throws BrokenFileException {
    need(BYTES, "text or a message");
    long length = varint();
    if (length < 0 || length > end - at) {
      throw broken(
          "field %d says that it has %s bytes, where %d are left"
              .formatted(field, Long.toUnsignedString(length), end - at));
    }
    return length;
  }

  private void need(int wanted, String what) throws BrokenFileException {
    if (wire != wanted) {
      throw broken("field %d has the wire type %d, where %s is due".formatted(field, wire, what));
    }
  }

  private void checkRoom(int length) throws BrokenFileException {
    if (length > end - at) {
      throw broken("field %d needs %d bytes, where %d are left".formatted(field, length, end - at));
    }
  }

  private long varint() throws BrokenFileException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw broken("it ends within a number");
      }
      byte b = all.get(ValueLayout.JAVA_BYTE, at++);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("a number has more than 10 bytes");
  }

  /// The complaint that the file is broken at the current field.
  BrokenFileException broken(String what) {
    return new BrokenFileException(file, tagAt, what);
  }
}
