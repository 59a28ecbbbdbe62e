package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ50] and [BlocksQ51], on vectors of eight floats or sixteen.
final class RowsOfFives extends RowKernel {
  private static final int L = Lanes.COUNT;

  private final int header;

  /// @param header bytes before those of fifth bits: 2 of a scale, or 4 with a least number
  RowsOfFives(int header) {
    this.header = header;
  }

  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    for (int i = toAt; i < toAt + columns; i += 32) {
      float scale = BlockFormat.half(w, block);
      float least = header == 2 ? -16 * scale : BlockFormat.half(w, block + 2);
      int fifths = w.get(HostTensor.I32, block + header);
      for (int k = 0; k < 16; k += L) {
        IntVector two = bits(w, block + header + 4 + k);
        number(two, 0, fifths >>> k, scale, least, to, i + k);
        number(two, 4, fifths >>> k + 16, scale, least, to, i + 16 + k);
      }
      block += header + 20;
    }
  }

  /// @param fifths a bit a lane, the first lane's the lowest
  private static void number(
      IntVector two, int shift, int fifths, float scale, float least, float[] to, int at) {
    IntVector four = two.lanewise(LSHR, shift).lanewise(AND, 15);
    IntVector fifth =
        IntVector.broadcast(Lanes.INTS, fifths)
            .lanewise(LSHR, Lanes.NUMBERS)
            .lanewise(AND, 1)
            .lanewise(LSHL, 4);
    Lanes.affine(four.lanewise(OR, fifth), scale, least).intoArray(to, at);
  }
}
