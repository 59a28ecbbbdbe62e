package dev.imago.tensor;

/// Cosines and sines of the rotary angles, computed as transformers does: the frequencies and the
/// angles in single precision. Su et al. 2021, arXiv:2104.09864.
final class RotaryTable {
  private final Rope rope;
  private final int half;
  private final float[] cosines;
  private final float[] sines;

  /// @param positions how many, from 0 on
  RotaryTable(Rope rope, int positions) {
    this.rope = rope;
    this.half = rope.pairs();
    this.cosines = new float[Math.multiplyExact(positions, half)];
    this.sines = new float[cosines.length];
    for (int i = 0; i < half; i++) {
      float frequency = (float) rope.frequency(i);
      for (int p = 0; p < positions; p++) {
        float angle = p * frequency;
        // StrictMath: the same bits on every machine, interpreted or compiled.
        cosines[p * half + i] = (float) StrictMath.cos(angle) * rope.magnitude();
        sines[p * half + i] = (float) StrictMath.sin(angle) * rope.magnitude();
      }
    }
  }

  int positions() {
    return cosines.length / half;
  }

  /// Turns the pairs of one head at x[at …] to a position.
  void turn(float[] x, int at, int position) {
    int step = rope.order() == Rope.Order.PAIRS ? 2 : 1;
    int other = rope.distance();
    int angle = position * half;
    for (int i = 0; i < half; i++) {
      int first = at + i * step;
      float a = x[first];
      float b = x[first + other];
      float cos = cosines[angle + i];
      float sin = sines[angle + i];
      x[first] = a * cos - b * sin;
      x[first + other] = b * cos + a * sin;
    }
  }
}
