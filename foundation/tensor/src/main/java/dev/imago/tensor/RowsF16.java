package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// Rows in half precision.
///
/// A loop over the library's conversion, which the compiler makes VCVTPH2PS of: one instruction for
/// a vector. By bits in the Vector API it is four, and a number below 2⁻¹⁴, of which a row has one
/// in a few hundred, becomes a subnormal float on its way, which stalls: 8.3 against 11.1 G
/// weights/s without such numbers (512 columns, 512 bits).
final class RowsF16 extends RowKernel {
  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    for (int i = 0; i < columns; i++) {
      to[toAt + i] = Float.float16ToFloat(w.get(HostTensor.I16, at + i * 2L));
    }
  }
}
