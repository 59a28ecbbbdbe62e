package dev.imago.tensor;

import java.util.List;
import java.util.stream.IntStream;

/// A value of GGUF's metadata; as a text, what a message shows of it.
public sealed interface GgufValue {
  /// One of the format's whole numbers; of UINT64, the bits.
  record Whole(Type type, long value) implements GgufValue {
    @Override
    public String toString() {
      return type == Type.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
  }

  /// FLOAT32 or FLOAT64.
  record Real(Type type, double value) implements GgufValue {
    @Override
    public String toString() {
      return type == Type.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  record Bool(boolean value) implements GgufValue {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  record Text(String value) implements GgufValue {
    @Override
    public String toString() {
      return "«" + Excerpt.of(value) + "»";
    }
  }

  record Texts(List<String> values) implements GgufValue {
    public Texts {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return "a list of %,d texts".formatted(values.size());
    }
  }

  /// A list of whole numbers or truths of one type.
  record Wholes(Type type, List<Long> values) implements GgufValue {
    public Wholes {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return "a list of %,d whole numbers".formatted(values.size());
    }
  }

  /// A list of FLOAT32 or FLOAT64.
  record Reals(Type type, List<Double> values) implements GgufValue {
    public Reals {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return "a list of %,d real numbers".formatted(values.size());
    }
  }

  /// The format's types, each at its number.
  enum Type {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private final int leastBytes;

    Type(int leastBytes) {
      this.leastBytes = leastBytes;
    }

    /// The bytes of a value, the fewest where they vary.
    int leastBytes() {
      return leastBytes;
    }
  }

  static GgufValue u32(int value) {
    return new Whole(Type.UINT32, Integer.toUnsignedLong(value));
  }

  static GgufValue f32(float value) {
    return new Real(Type.FLOAT32, value);
  }

  static GgufValue i32s(List<Integer> values) {
    return new Wholes(Type.INT32, values.stream().map(Integer::longValue).toList());
  }

  static GgufValue f32s(List<Float> values) {
    return new Reals(Type.FLOAT32, values.stream().map(Float::doubleValue).toList());
  }

  static GgufValue u8s(byte[] values) {
    return new Wholes(
        Type.UINT8,
        IntStream.range(0, values.length).mapToObj(i -> (long) (values[i] & 0xff)).toList());
  }
}
