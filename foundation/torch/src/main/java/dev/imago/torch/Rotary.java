package dev.imago.torch;

import dev.imago.tensor.AttentionShape;
import org.bytedeco.pytorch.Tensor;

/// The angles of one shape and length: cos [T,1,C], and sin [T,1,C] with the sign of its place in
/// the pair.
record Rotary(Tensor cos, Tensor sin) {
  static Rotary of(AttentionShape shape, long length) {
    int width = shape.headWidth();
    int half = width / 2;
    float[] cos = new float[(int) length * width];
    float[] sin = new float[(int) length * width];
    boolean halves = shape.rotary() == AttentionShape.Rotary.HALVES;
    for (int t = 0; t < length; t++) {
      for (int i = 0; i < half; i++) {
        double angle = t * Math.pow(shape.theta(), -2.0 * i / width);
        int first = t * width + (halves ? i : 2 * i);
        int second = t * width + (halves ? i + half : 2 * i + 1);
        cos[first] = (float) Math.cos(angle);
        cos[second] = cos[first];
        sin[first] = (float) -Math.sin(angle);
        sin[second] = -sin[first];
      }
    }
    return new Rotary(Replica.floats(cos, length, 1, width), Replica.floats(sin, length, 1, width));
  }
}
