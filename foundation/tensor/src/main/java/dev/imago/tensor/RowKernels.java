package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Four rows of a mapped matrix times one token: what decoding spends its time in.
///
/// Each result is one chain of fused products over vectors of [L][Lanes#COUNT] columns, summed as a
/// tree, then the columns left over one by one: [PanelKernels] computes the same, bit for bit, so
/// that a token's result does not depend on how many tokens share its step.
final class RowKernels {
  static final int ROWS = 4;

  private static final int L = Lanes.COUNT;

  private RowKernels() {}

  /// y[yAt … yAt + 3] = rows row … row + 3 of w times x[xAt …].
  static void dot4(HostTensor w, int columns, long row, float[] x, int xAt, float[] y, int yAt) {
    MemorySegment data = w.data();
    switch (w.type()) {
      case F32 -> f32(data, row * columns * 4, columns, x, xAt, y, yAt);
      case F16 -> f16(data, row * columns * 2, columns, x, xAt, y, yAt);
      case BF16 -> bf16(data, row * columns * 2, columns, x, xAt, y, yAt);
      case Q8_0 -> q8(data, row * (columns / 32) * 34, columns, x, xAt, y, yAt);
      case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalStateException(w.toString());
    }
    int tail = columns & -L;
    for (int r = 0; tail < columns && r < ROWS; r++) {
      float sum = y[yAt + r];
      for (int c = tail; c < columns; c++) {
        sum = Math.fma(w.number((row + r) * columns + c), x[xAt + c], sum);
      }
      y[yAt + r] = sum;
    }
  }

  private static void f32(
      MemorySegment w, long at, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    long stride = columns * 4L;
    for (int c = 0; c <= columns - L; c += L) {
      FloatVector v = FloatVector.fromArray(Lanes.FLOATS, x, xAt + c);
      long o = at + c * 4L;
      a0 = Lanes.f32(w, o).fma(v, a0);
      a1 = Lanes.f32(w, o + stride).fma(v, a1);
      a2 = Lanes.f32(w, o + 2 * stride).fma(v, a2);
      a3 = Lanes.f32(w, o + 3 * stride).fma(v, a3);
    }
    store(a0, a1, a2, a3, y, yAt);
  }

  private static void f16(
      MemorySegment w, long at, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    long stride = columns * 2L;
    for (int c = 0; c <= columns - L; c += L) {
      FloatVector v = FloatVector.fromArray(Lanes.FLOATS, x, xAt + c);
      long o = at + c * 2L;
      a0 = Lanes.f16(w, o).fma(v, a0);
      a1 = Lanes.f16(w, o + stride).fma(v, a1);
      a2 = Lanes.f16(w, o + 2 * stride).fma(v, a2);
      a3 = Lanes.f16(w, o + 3 * stride).fma(v, a3);
    }
    store(a0, a1, a2, a3, y, yAt);
  }

  private static void bf16(
      MemorySegment w, long at, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    long stride = columns * 2L;
    for (int c = 0; c <= columns - L; c += L) {
      FloatVector v = FloatVector.fromArray(Lanes.FLOATS, x, xAt + c);
      long o = at + c * 2L;
      a0 = Lanes.bf16(w, o).fma(v, a0);
      a1 = Lanes.bf16(w, o + stride).fma(v, a1);
      a2 = Lanes.bf16(w, o + 2 * stride).fma(v, a2);
      a3 = Lanes.bf16(w, o + 3 * stride).fma(v, a3);
    }
    store(a0, a1, a2, a3, y, yAt);
  }

  private static void q8(
      MemorySegment w, long at, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    long stride = columns / 32 * 34L;
    for (int b = 0; b < columns / 32; b++) {
      long o = at + b * 34L;
      float s0 = Float.float16ToFloat(w.get(HostTensor.I16, o));
      float s1 = Float.float16ToFloat(w.get(HostTensor.I16, o + stride));
      float s2 = Float.float16ToFloat(w.get(HostTensor.I16, o + 2 * stride));
      float s3 = Float.float16ToFloat(w.get(HostTensor.I16, o + 3 * stride));
      for (int k = 0; k < 32; k += L) {
        FloatVector v = FloatVector.fromArray(Lanes.FLOATS, x, xAt + b * 32 + k);
        long q = o + 2 + k;
        a0 = Lanes.q8(w, q, s0).fma(v, a0);
        a1 = Lanes.q8(w, q + stride, s1).fma(v, a1);
        a2 = Lanes.q8(w, q + 2 * stride, s2).fma(v, a2);
        a3 = Lanes.q8(w, q + 3 * stride, s3).fma(v, a3);
      }
    }
    store(a0, a1, a2, a3, y, yAt);
  }

  private static void store(
      FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3, float[] y, int yAt) {
    y[yAt] = Lanes.sum(a0);
    y[yAt + 1] = Lanes.sum(a1);
    y[yAt + 2] = Lanes.sum(a2);
    y[yAt + 3] = Lanes.sum(a3);
  }
}
