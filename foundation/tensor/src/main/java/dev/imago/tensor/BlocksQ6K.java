package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// 256 numbers of six bits, −32 … 31, in sixteen groups of 16: times a scale of a signed byte a
/// group, and one of half precision a block.
///
/// Bytes: 128 of four bits, 64 of the two above, 16 of scales, the half. Each half block has 64 and
/// 32 of the first two: byte k holds the numbers k and k + 64, byte l of the other l, l + 32, l +
/// 64, l + 96.
final class BlocksQ6K extends BlockFormat {
  BlocksQ6K() {
    super(256, 210);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at + 208);
    for (int group = 0; group < 16; group++) {
      float s = scale * data.get(ValueLayout.JAVA_BYTE, at + 192 + group);
      int within = group % 8;
      long low = at + group / 8 * 64 + within % 4 * 16;
      int lowShift = within / 4 * 4;
      long high = at + 128 + group / 8 * 32 + within % 2 * 16;
      int highShift = within / 2 * 2;
      for (int l = 0; l < 16; l++) {
        int four = unsigned(data, low + l) >> lowShift & 15;
        int two = unsigned(data, high + l) >> highShift & 3;
        to[toAt + group * 16 + l] = s * ((four | two << 4) - 32);
      }
    }
  }

  @Override
  boolean written() {
    return true;
  }

  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    float[] w = ScaleSearch.weights(x, at, 256, importance, column);
    float[] groups = new float[16];
    float largest = 0;
    for (int g = 0; g < 16; g++) {
      groups[g] = ScaleSearch.symmetric(x, at + g * 16, 16, w, g * 16, 32);
      largest = Math.abs(groups[g]) > Math.abs(largest) ? groups[g] : largest;
    }
    float scale = -largest / 128;
    int[] scales = new int[16];
    for (int g = 0; g < 16; g++) {
      scales[g] = ScaleSearch.nearest(groups[g], scale, -128, 127);
      put(to, toAt + 192 + g, scales[g]);
    }
    // The best factor for the numbers that this one gives.
    double xq = 0;
    double qq = 0;
    for (int i = 0; i < 256; i++) {
      int s = scales[i / 16];
      double q = (double) s * ScaleSearch.nearest(x[at + i], scale * s, -32, 31);
      xq += w[i] * q * x[at + i];
      qq += w[i] * q * q;
    }
    scale = half(to, toAt + 208, qq > 0 ? (float) (xq / qq) : 0);
    int[] numbers = new int[256];
    for (int i = 0; i < 256; i++) {
      numbers[i] = ScaleSearch.nearest(x[at + i], scale * scales[i / 16], -32, 31) + 32;
    }
    for (int half = 0; half < 2; half++) {
      for (int k = 0; k < 64; k++) {
        int low = numbers[half * 128 + k] & 15;
        put(to, toAt + half * 64 + k, low | (numbers[half * 128 + 64 + k] & 15) << 4);
      }
      for (int l = 0; l < 32; l++) {
        int twos = 0;
        for (int k = 0; k < 4; k++) {
          twos |= numbers[half * 128 + k * 32 + l] >> 4 << 2 * k;
        }
        put(to, toAt + 128 + half * 32 + l, twos);
      }
    }
  }
}
