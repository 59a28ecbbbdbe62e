package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of numbers out of a table of sixteen ([BlocksIq4Nl], [BlocksIq4Xs], [BlocksMxfp4]), on
/// vectors of eight floats or sixteen.
final class RowsOfTable extends RowKernel {
  private static final int L = Lanes.COUNT;

  /// Bytes of 32 numbers.
  private static final int GROUP = 16;

  private final DataType type;
  private final int[] table;

  /// @param type IQ4_NL, IQ4_XS or MXFP4
  RowsOfTable(DataType type) {
    this.type = type;
    this.table = table(type == DataType.MXFP4 ? BlocksMxfp4.TABLE : BlocksIq4Nl.TABLE);
  }

  /// Floats by their bits.
  private static int[] table(byte[] bytes) {
    int[] table = new int[bytes.length];
    for (int i = 0; i < table.length; i++) {
      table[i] = Float.floatToRawIntBits(bytes[i]);
    }
    return table;
  }

  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    switch (type) {
      case IQ4_NL -> expandIq4Nl(w, at, columns, to, toAt);
      case IQ4_XS -> expandIq4Xs(w, at, columns, to, toAt);
      default -> expandMxfp4(w, at, columns, to, toAt);
    }
  }

  private void expandIq4Nl(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    for (int i = toAt; i < toAt + columns; i += 32, block += 18) {
      group(w, block + 2, BlockFormat.half(w, block), to, i);
    }
  }

  private void expandIq4Xs(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    int i = toAt;
    for (; i < toAt + columns; block += 136) {
      float scale = BlockFormat.half(w, block);
      int high = w.get(HostTensor.I16, block + 2);
      int low = w.get(HostTensor.I32, block + 4);
      for (int group = 0; group < 8; group++, i += 32) {
        int six = low >>> 4 * group & 15 | (high >> 2 * group & 3) << 4;
        group(w, block + 8 + group * GROUP, scale * (six - 32), to, i);
      }
    }
  }

  private void expandMxfp4(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    for (int i = toAt; i < toAt + columns; i += 32, block += 17) {
      group(w, block + 1, BlocksMxfp4.halfPower(BlockFormat.unsigned(w, block)), to, i);
    }
  }

  /// 32 numbers of 16 bytes, times a scale.
  private void group(MemorySegment w, long at, float scale, float[] to, int toAt) {
    for (int k = 0; k < 16; k += L) {
      IntVector two = bits(w, at + k);
      chosen(two.lanewise(AND, 15)).mul(scale).intoArray(to, toAt + k);
      chosen(two.lanewise(LSHR, 4).lanewise(AND, 15)).mul(scale).intoArray(to, toAt + 16 + k);
    }
  }

  /// The table's numbers at these places, 0 … 15.
  private FloatVector chosen(IntVector places) {
    IntVector first = IntVector.fromArray(Lanes.INTS, table, 0);
    if (L == 16) {
      return places.selectFrom(first).reinterpretAsFloats();
    }
    IntVector second = IntVector.fromArray(Lanes.INTS, table, 8);
    IntVector within = places.lanewise(AND, 7);
    return within
        .selectFrom(first)
        .blend(within.selectFrom(second), places.compare(GT, 7))
        .reinterpretAsFloats();
  }
}
