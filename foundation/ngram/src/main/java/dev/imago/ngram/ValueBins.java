package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.F32;

import java.lang.foreign.MemorySegment;

/// Bins of numbers, each of about as many, and their means: what a quantised model tells. Zero,
/// which back-offs often are, has a bin of its own. Numbers are told apart by their first 20 bits,
/// so that any number of them takes the same memory.
final class ValueBins {
  private static final int DROPPED = 12;
  private static final int SIZE = 1 << Integer.SIZE - DROPPED;

  private final long[] counts = new long[SIZE];
  private final double[] sums = new double[SIZE];
  private final char[] codes = new char[SIZE];
  private float[] means = new float[0];
  private long zeros;
  private long all;

  /// Ascends with the number: of negative floats the bits descend.
  private static int place(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE) >>> DROPPED;
  }

  void add(float value) {
    if (value == 0) {
      zeros++;
      return;
    }
    int place = place(value);
    counts[place]++;
    sums[place] += value;
    all++;
  }

  /// Ends adding.
  ///
  /// @param most bins, 2 at least
  void divide(int most) {
    means = new float[most];
    int code = zeros > 0 ? 1 : 0; // the mean of the first is 0
    long left = all;
    long held = 0;
    double sum = 0;
    for (int place = 0; place < SIZE; place++) {
      if (counts[place] == 0) {
        continue;
      }
      long share = (left + held + most - code - 1) / (most - code);
      // A value that would make its bin fuller than leaving it out makes it lacking begins another.
      if (held > 0 && code < most - 1 && held + counts[place] - share > share - held) {
        code++;
        held = 0;
        sum = 0;
      }
      held += counts[place];
      left -= counts[place];
      sum += sums[place];
      codes[place] = (char) code;
      means[code] = (float) (sum / held);
    }
  }

  int code(float value) {
    return value == 0 ? 0 : codes[place(value)];
  }

  void write(MemorySegment to, long at) {
    for (int code = 0; code < means.length; code++) {
      to.set(F32, at + 4L * code, means[code]);
    }
  }
}
