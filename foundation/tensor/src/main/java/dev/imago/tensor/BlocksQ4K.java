package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// 256 numbers of four bits, 0 … 15, in eight groups of 32: times a scale, less a least number,
/// both of six bits a group and half precision a block.
///
/// Bytes: the two halves, 12 of scales and least numbers, 128 of numbers: byte l of each 32 holds
/// the number l of a group (low bits) and of the next.
final class BlocksQ4K extends BlockFormat {
  static final int SCALES_AT = 4;

  BlocksQ4K() {
    super(256, 144);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    float least = half(data, at + 2);
    for (int group = 0; group < 8; group++) {
      float s = scale * scale(data, at + SCALES_AT, group);
      float m = least * least(data, at + SCALES_AT, group);
      long bytes = at + 16 + group / 2 * 32;
      int shift = group % 2 * 4;
      for (int l = 0; l < 32; l++) {
        to[toAt + group * 32 + l] = s * (unsigned(data, bytes + l) >> shift & 15) - m;
      }
    }
  }

  /// The scale of a group, 0 … 63, of the 12 bytes at `at`: those of the groups 0 … 3 are the low
  /// six bits of the first four bytes; of the others, four bits are the low ones of the last four
  /// bytes, and two the high ones of the first.
  static int scale(MemorySegment data, long at, int group) {
    return group < 4
        ? unsigned(data, at + group) & 63
        : unsigned(data, at + 4 + group) & 15 | unsigned(data, at + group - 4) >> 6 << 4;
  }

  /// The least number of a group, 0 … 63: those of the groups 0 … 3 are the low six bits of the
  /// second four bytes; of the others, four bits are the high ones of the last four bytes, and two
  /// the high ones of the second.
  static int least(MemorySegment data, long at, int group) {
    return group < 4
        ? unsigned(data, at + 4 + group) & 63
        : unsigned(data, at + 4 + group) >> 4 | unsigned(data, at + group) >> 6 << 4;
  }

  @Override
  boolean written() {
    return true;
  }

  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    int[] numbers = numbers(x, at, importance, column, to, toAt, 15);
    for (int i = 0; i < 128; i++) {
      int first = i / 32 * 64 + i % 32;
      put(to, toAt + 16 + i, numbers[first] | numbers[first + 32] << 4);
    }
  }

  /// Writes the first 16 bytes of a block, which [BlocksQ5K] has too, and gives its 256 numbers.
  static int[] numbers(
      float[] x,
      int at,
      float @Nullable [] importance,
      int column,
      MemorySegment to,
      long toAt,
      int most) {
    float[] w = ScaleSearch.weights(x, at, 256, importance, column);
    var groups = new ScaleSearch.Affine[8];
    float scale = 0;
    float least = 0;
    for (int g = 0; g < 8; g++) {
      groups[g] = ScaleSearch.affine(x, at + g * 32, 32, w, g * 32, most, true);
      scale = Math.max(scale, groups[g].scale());
      least = Math.max(least, -groups[g].least());
    }
    scale /= 63;
    least /= 63;
    int[] scales = new int[8];
    int[] leasts = new int[8];
    for (int g = 0; g < 8; g++) {
      scales[g] = ScaleSearch.nearest(groups[g].scale(), scale, 0, 63);
      leasts[g] = ScaleSearch.nearest(-groups[g].least(), least, 0, 63);
    }
    put(to, toAt + SCALES_AT, scales, leasts);
    int[] numbers = nearest(x, at, scale, least, scales, leasts, most);
    // The best two factors for those numbers.
    double[] sums = new double[5];
    for (int i = 0; i < 256; i++) {
      double a = scales[i / 32] * numbers[i];
      double b = -leasts[i / 32];
      sums[0] += w[i] * a * a;
      sums[1] += w[i] * a * b;
      sums[2] += w[i] * b * b;
      sums[3] += w[i] * a * x[at + i];
      sums[4] += w[i] * b * x[at + i];
    }
    double determinant = sums[0] * sums[2] - sums[1] * sums[1];
    if (determinant > 1e-12 * sums[0] * sums[2]) {
      scale = (float) ((sums[3] * sums[2] - sums[4] * sums[1]) / determinant);
      least = (float) Math.max(0, (sums[0] * sums[4] - sums[1] * sums[3]) / determinant);
    } else if (sums[0] > 0) {
      scale = (float) (sums[3] / sums[0]);
    }
    scale = half(to, toAt, Math.max(0, scale));
    least = half(to, toAt + 2, least);
    return nearest(x, at, scale, least, scales, leasts, most);
  }

  private static int[] nearest(
      float[] x, int at, float scale, float least, int[] scales, int[] leasts, int most) {
    int[] numbers = new int[256];
    for (int i = 0; i < 256; i++) {
      int g = i / 32;
      numbers[i] = ScaleSearch.nearest(x[at + i] + least * leasts[g], scale * scales[g], 0, most);
    }
    return numbers;
  }

  private static void put(MemorySegment to, long at, int[] scales, int[] leasts) {
    for (int g = 0; g < 4; g++) {
      put(to, at + g, scales[g] | scales[g + 4] >> 4 << 6);
      put(to, at + 4 + g, leasts[g] | leasts[g + 4] >> 4 << 6);
      put(to, at + 8 + g, scales[g + 4] & 15 | (leasts[g + 4] & 15) << 4);
    }
  }
}
