package dev.imago.sources;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A struct in Thrift's compact protocol, as Parquet's headers are written: fields in ascending
/// order.
final class ThriftStruct {
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int last;

  private void field(int id, int type) {
    out.write(id - last << 4 | type);
    last = id;
  }

  static void varint(ByteArrayOutputStream to, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    to.write((int) rest);
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  ThriftStruct i32(int id, int value) {
    field(id, I32);
    varint(out, zigzag(value));
    return this;
  }

  ThriftStruct i64(int id, long value) {
    field(id, I64);
    varint(out, zigzag(value));
    return this;
  }

  ThriftStruct text(int id, String value) {
    field(id, BINARY);
    text(value);
    return this;
  }

  private void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  ThriftStruct struct(int id, ThriftStruct value) {
    field(id, STRUCT);
    out.writeBytes(value.bytes());
    return this;
  }

  private void list(int id, int type, int size) {
    field(id, LIST);
    if (size < 15) {
      out.write(size << 4 | type);
    } else {
      out.write(0xf0 | type);
      varint(out, size);
    }
  }

  ThriftStruct structs(int id, List<ThriftStruct> values) {
    list(id, STRUCT, values.size());
    values.forEach(value -> out.writeBytes(value.bytes()));
    return this;
  }

  ThriftStruct i32s(int id, List<Integer> values) {
    list(id, I32, values.size());
    values.forEach(value -> varint(out, zigzag(value)));
    return this;
  }

  ThriftStruct texts(int id, List<String> values) {
    list(id, BINARY, values.size());
    values.forEach(this::text);
    return this;
  }

  /// With its end.
  byte[] bytes() {
    byte[] fields = out.toByteArray();
    return java.util.Arrays.copyOf(fields, fields.length + 1);
  }
}
