package dev.imago.torch;

import dev.imago.tensor.Rope;
import org.bytedeco.pytorch.Tensor;

/// The angles of one rope: cos [T,1,C], and sin [T,1,C] with the sign of its place in the pair.
record Rotary(Tensor cos, Tensor sin) implements AutoCloseable {
  static Rotary of(Rope rope, long length) {
    int width = rope.headWidth();
    float[] cos = new float[(int) length * width];
    float[] sin = new float[(int) length * width];
    for (int t = 0; t < length; t++) {
      for (int i = 0; i < width / 2; i++) {
        double angle = t * rope.frequency(i);
        int first = t * width + rope.first(i);
        int second = first + rope.distance();
        cos[first] = (float) Math.cos(angle);
        cos[second] = cos[first];
        sin[first] = (float) -Math.sin(angle);
        sin[second] = -sin[first];
      }
    }
    return new Rotary(Replica.floats(cos, length, 1, width), Replica.floats(sin, length, 1, width));
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
