package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A tensor in memory that this process can read: row-major, little-endian, whole.
///
/// @param type how its numbers are stored
/// @param shape lengths, slowest first; empty for one number
/// @param data exactly the bytes of that type and shape; valid as long as its file is open
public record HostTensor(DataType type, long[] shape, MemorySegment data) {
  static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public HostTensor {
    shape = shape.clone();
    long bytes = type.bytes(shape);
    if (bytes != data.byteSize()) {
      throw new IllegalArgumentException(
          "%s %s needs %d bytes and has %d"
              .formatted(type, Arrays.toString(shape), bytes, data.byteSize()));
    }
  }

  /// A copy of an array as F32 of this shape.
  public static HostTensor of(float[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    MemorySegment.copy(values, 0, data, F32, 0, values.length);
    return new HostTensor(DataType.F32, shape, data);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /// How many numbers it holds.
  public long size() {
    long size = 1;
    for (long length : shape) {
      size *= length;
    }
    return size;
  }

  /// All numbers as floats, rounded where the type is wider.
  ///
  /// @throws IllegalArgumentException for BOOL, and past 2³¹ − 1 numbers
  public float[] toFloats() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("%d numbers are too many for an array".formatted(size()));
    }
    float[] to = new float[(int) size()];
    if (type == DataType.F32) {
      MemorySegment.copy(data, F32, 0, to, 0, to.length);
      return to;
    }
    BlockFormat blocks = type.blocks();
    if (blocks != null) {
      blocks.expand(data, 0, to.length, to, 0);
      return to;
    }
    for (int i = 0; i < to.length; i++) {
      to[i] = number(i);
    }
    return to;
  }

  /// The same numbers as F32, F16 (to the nearest, ties to even), Q8_0 (as llama.cpp quantises, bit
  /// for bit), or Q4_0, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K (with the scales that leave the least error);
  /// itself where it is of that type.
  ///
  /// @throws IllegalArgumentException for another type, for a number too large for it, and for rows
  ///   that are no whole blocks
  public HostTensor to(DataType to) {
    return Conversion.convert(this, to, null, 1);
  }

  /// The same, where columns do not count alike.
  ///
  /// @param importance of an error in each column, such as the mean of its squared inputs
  public HostTensor to(DataType to, float[] importance) {
    return Conversion.convert(this, to, importance, 1);
  }

  /// The same by several threads, which change no bit.
  ///
  /// @param importance of an error in each column; null for the same of all
  public HostTensor to(DataType to, float @Nullable [] importance, int threads) {
    return Conversion.convert(this, to, importance, threads);
  }

  /// All numbers as longs.
  ///
  /// @throws IllegalArgumentException when the type is not one of integers
  public long[] toLongs() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("%d numbers are too many for an array".formatted(size()));
    }
    long[] to = new long[(int) size()];
    for (int i = 0; i < to.length; i++) {
      to[i] =
          switch (type) {
            case I64 -> data.get(I64, i * 8L);
            case I32 -> data.get(I32, i * 4L);
            case I16 -> data.get(I16, i * 2L);
            case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case U8, BOOL -> Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, i));
            case F64, F32, F16, BF16 ->
                throw new IllegalArgumentException(type + " is no type of integers");
            case Q4_0,
                Q4_1,
                Q5_0,
                Q5_1,
                Q8_0,
                Q2_K,
                Q3_K,
                Q4_K,
                Q5_K,
                Q6_K,
                IQ4_NL,
                IQ4_XS,
                MXFP4 ->
                throw new IllegalArgumentException(type + " is no type of integers");
          };
    }
    return to;
  }

  /// One number, by its place in row-major order; not of a type of blocks.
  float number(long i) {
    return switch (type) {
      case F64 -> (float) data.get(F64, i * 8);
      case F32 -> data.get(F32, i * 4);
      case F16 -> Float.float16ToFloat(data.get(I16, i * 2));
      case BF16 -> Float.intBitsToFloat(data.get(I16, i * 2) << 16);
      case I64 -> data.get(I64, i * 8);
      case I32 -> data.get(I32, i * 4);
      case I16 -> data.get(I16, i * 2);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
      case U8 -> Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, i));
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 ->
          throw new IllegalArgumentException(type + " has no number by itself");
      case BOOL -> throw new IllegalArgumentException("BOOL is no type of numbers");
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor t
        && type == t.type
        && Arrays.equals(shape, t.shape)
        && data.mismatch(t.data) == -1;
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
