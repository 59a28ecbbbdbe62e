package dev.imago.console.runs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// One `Event` of protocol buffers: 1 wall_time (double), 2 step (varint), 5 summary. `Summary`: 1
/// value; `Value`: 1 tag, 2 simple_value (float), 8 tensor. `TensorProto`: 1 dtype, 4
/// tensor_content, 5 float_val, 6 double_val, 7 int_val, 10 int64_val.
final class EventRecord {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /// TensorFlow's types of numbers.
  private static final int DT_FLOAT = 1;

  private static final int DT_DOUBLE = 2;
  private static final int DT_INT32 = 3;
  private static final int DT_INT64 = 9;
  private static final int LONGEST_TAG = 1_000;

  private EventRecord() {}

  /// Tells the scalars of a record; a picture, a text, a histogram is passed over.
  static void read(ByteBuffer event, EventScalars.Scalars to) {
    double time = 0;
    long step = 0;
    ByteBuffer summary = null;
    while (event.hasRemaining()) {
      long key = varint(event);
      switch (field(key)) {
        case 1 << 3 | FIXED64 -> time = event.getDouble();
        case 2 << 3 | VARINT -> step = varint(event);
        case 5 << 3 | BYTES -> summary = part(event);
        default -> skip(event, wire(key));
      }
    }
    while (summary != null && summary.hasRemaining()) {
      long key = varint(summary);
      if (key == (1 << 3 | BYTES)) {
        value(part(summary), step, time, to);
      } else {
        skip(summary, wire(key));
      }
    }
  }

  private static void value(ByteBuffer value, long step, double time, EventScalars.Scalars to) {
    String tag = "";
    double scalar = 0;
    boolean found = false;
    while (value.hasRemaining()) {
      long key = varint(value);
      switch (field(key)) {
        case 1 << 3 | BYTES -> tag = text(part(value));
        case 2 << 3 | FIXED32 -> {
          scalar = value.getFloat();
          found = true;
        }
        case 8 << 3 | BYTES -> {
          double[] one = scalar(part(value));
          if (one.length == 1) {
            scalar = one[0];
            found = true;
          }
        }
        default -> skip(value, wire(key));
      }
    }
    if (found && !tag.isEmpty()) {
      to.scalar(tag, step, time, scalar);
    }
  }

  /// The number of a tensor that has one and no dimension; none of any other.
  private static double[] scalar(ByteBuffer tensor) {
    int type = 0;
    double value = 0;
    int values = 0;
    ByteBuffer content = null;
    while (tensor.hasRemaining()) {
      long key = varint(tensor);
      int wire = wire(key);
      switch (field(key)) {
        case 1 << 3 | VARINT -> type = (int) varint(tensor);
        case 2 << 3 | BYTES -> {
          if (part(tensor).hasRemaining()) {
            return new double[0]; // it has dimensions
          }
        }
        case 4 << 3 | BYTES -> content = part(tensor);
        case 5 << 3 | FIXED32 -> {
          value = tensor.getFloat();
          values++;
        }
        case 6 << 3 | FIXED64 -> {
          value = tensor.getDouble();
          values++;
        }
        case 7 << 3 | VARINT, 10 << 3 | VARINT -> {
          value = varint(tensor);
          values++;
        }
        case 5 << 3 | BYTES, 6 << 3 | BYTES, 7 << 3 | BYTES, 10 << 3 | BYTES -> {
          ByteBuffer packed = part(tensor);
          if (packed.hasRemaining()) {
            value =
                switch ((int) (key >>> 3)) {
                  case 5 -> packed.getFloat();
                  case 6 -> packed.getDouble();
                  default -> varint(packed);
                };
            values += packed.hasRemaining() ? 2 : 1;
          }
        }
        default -> skip(tensor, wire);
      }
    }
    if (content != null && values == 0) {
      return content(type, content);
    }
    return values == 1 ? new double[] {value} : new double[0];
  }

  private static double[] content(int type, ByteBuffer content) {
    int bytes = content.remaining();
    if (type == DT_FLOAT && bytes == 4) {
      return new double[] {content.getFloat()};
    }
    if (type == DT_DOUBLE && bytes == 8) {
      return new double[] {content.getDouble()};
    }
    if (type == DT_INT32 && bytes == 4) {
      return new double[] {content.getInt()};
    }
    return type == DT_INT64 && bytes == 8 ? new double[] {content.getLong()} : new double[0];
  }

  /// A field's number and kind, in one.
  private static int field(long key) {
    if (key < 0 || key > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no number of a field: " + (key >>> 3));
    }
    return (int) key;
  }

  private static int wire(long key) {
    return (int) (key & 7);
  }

  private static String text(ByteBuffer bytes) {
    byte[] utf8 = new byte[Math.min(bytes.remaining(), LONGEST_TAG)];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static ByteBuffer part(ByteBuffer from) {
    long length = varint(from);
    if (length < 0 || length > from.remaining()) {
      throw new IllegalArgumentException("a part is longer than the whole");
    }
    ByteBuffer part = from.slice(from.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    from.position(from.position() + (int) length);
    return part;
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = from.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is longer than ten bytes");
  }

  private static void skip(ByteBuffer from, int wire) {
    switch (wire) {
      case VARINT -> varint(from);
      case FIXED64 -> from.position(from.position() + 8);
      case BYTES -> part(from);
      case FIXED32 -> from.position(from.position() + 4);
      default -> throw new IllegalArgumentException("no kind of field: " + wire);
    }
  }
}
