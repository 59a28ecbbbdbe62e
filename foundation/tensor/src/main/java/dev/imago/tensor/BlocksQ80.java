package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// 32 signed bytes, times the half-precision scale before them.
final class BlocksQ80 extends BlockFormat {
  BlocksQ80() {
    super(32, 34);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    for (int j = 0; j < 32; j++) {
      to[toAt + j] = scale * data.get(ValueLayout.JAVA_BYTE, at + 2 + j);
    }
  }

  @Override
  boolean written() {
    return true;
  }

  /// As ggml's `quantize_row_q8_0_ref`, bit for bit: scale max|x| / 127 in half precision,
  /// quotients by the unrounded scale, rounded half away from zero.
  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    float most = 0;
    for (int j = 0; j < 32; j++) {
      most = Math.max(most, Math.abs(x[at + j]));
    }
    float scale = most / 127;
    half(to, toAt, scale);
    // Below 2.9e-39 the inverse is infinite, and the half-precision scale zero anyhow.
    float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
    for (int j = 0; j < 32; j++) {
      put(to, toAt + 2 + j, rounded(x[at + j] * inverse));
    }
  }

  /// C's `roundf`: half away from zero.
  static int rounded(float x) {
    int whole = (int) x;
    float rest = x - whole; // exact
    return rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
  }
}
