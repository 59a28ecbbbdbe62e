package dev.imago.torch;

import dev.imago.tensor.Rope;
import org.bytedeco.pytorch.Tensor;

/// The angles of one rope: cos [T,1,R], and sin [T,1,R] with the sign of its place in the pair; or
/// [B,T,1,R], of each sequence its own.
record Rotary(Tensor cos, Tensor sin) implements AutoCloseable {
  static Rotary of(Rope rope, long length, Place place) {
    int width = 2 * rope.pairs();
    float[] cos = new float[(int) length * width];
    float[] sin = new float[(int) length * width];
    fill(rope, (int) length, cos, sin, 0);
    return new Rotary(place.floats(cos, length, 1, width), place.floats(sin, length, 1, width));
  }

  /// @param ropes of the sequences
  static Rotary of(Rope[] ropes, long length, Place place) {
    int width = 2 * ropes[0].pairs();
    int each = (int) length * width;
    float[] cos = new float[ropes.length * each];
    float[] sin = new float[cos.length];
    for (int b = 0; b < ropes.length; b++) {
      fill(ropes[b], (int) length, cos, sin, b * each);
    }
    return new Rotary(
        place.floats(cos, ropes.length, length, 1, width),
        place.floats(sin, ropes.length, length, 1, width));
  }

  private static void fill(Rope rope, int length, float[] cos, float[] sin, int at) {
    int width = 2 * rope.pairs();
    for (int t = 0; t < length; t++) {
      for (int i = 0; i < rope.pairs(); i++) {
        double angle = t * rope.frequency(i);
        int first = at + t * width + rope.first(i);
        int second = first + rope.distance();
        cos[first] = (float) (Math.cos(angle) * rope.magnitude());
        cos[second] = cos[first];
        sin[first] = (float) (-Math.sin(angle) * rope.magnitude());
        sin[second] = -sin[first];
      }
    }
  }

  long length() {
    return cos.size(0);
  }

  /// The first positions, for this step.
  Rotary first(long length) {
    return new Rotary(cos.narrow(0, 0, length), sin.narrow(0, 0, length));
  }

  /// Kept past the step, until closed.
  Rotary retained() {
    cos.retainReference();
    sin.retainReference();
    return this;
  }

  @Override
  public void close() {
    cos.close();
    sin.close();
  }
}
