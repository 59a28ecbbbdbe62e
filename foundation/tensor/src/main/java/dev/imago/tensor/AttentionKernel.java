package dev.imago.tensor;

import jdk.incubator.vector.FloatVector;

/// Rotary positions, then causal attention of each token over its sequence, one token and head a
/// task. Sums run over the positions in their order, whatever else is in the step.
///
/// *H query heads, K key–value heads, C width of a head.*
final class AttentionKernel {
  private static final int L = Lanes.COUNT;

  private AttentionKernel() {}

  static Activation run(
      Team team, Batch batch, int layer, Activation qkv, AttentionShape shape, RotaryTable table) {
    int c = shape.headWidth();
    int queryWidth = shape.heads() * c;
    int keyWidth = shape.kvHeads() * c;
    for (int n = 0; n < batch.size(); n++) {
      KeyValues cache = batch.sequence(n);
      int position = batch.position(n);
      cache.reserve(layer, position + 1, keyWidth);
      int at = n * qkv.columns();
      for (int head = 0; head < shape.heads() + shape.kvHeads(); head++) {
        table.turn(qkv.data(), at + head * c, position, shape.rotary());
      }
      System.arraycopy(
          qkv.data(), at + queryWidth, cache.keys(layer), position * keyWidth, keyWidth);
      System.arraycopy(
          qkv.data(),
          at + queryWidth + keyWidth,
          cache.values(layer),
          position * keyWidth,
          keyWidth);
    }
    Activation y = Activation.zeros(batch.size(), queryWidth);
    int group = shape.heads() / shape.kvHeads();
    long work = 0;
    for (int n = 0; n < batch.size(); n++) {
      work += 2L * (batch.position(n) + 1) * queryWidth;
    }
    team.run(
        batch.size() * shape.heads(),
        work,
        (task, thread) -> {
          int n = task / shape.heads();
          int head = task % shape.heads();
          int tokens = batch.position(n) + 1;
          KeyValues cache = batch.sequence(n);
          attend(
              qkv.data(),
              n * qkv.columns() + head * c,
              cache.keys(layer),
              cache.values(layer),
              head / group * c,
              keyWidth,
              tokens,
              c,
              team.scratch(thread, tokens),
              y.data(),
              n * queryWidth + head * c);
        });
    return y;
  }

  /// softmax(q · kᵀ / √C) · v of one query and head, over keys and values `stride` apart.
  static void attend(
      float[] q,
      int qAt,
      float[] keys,
      float[] values,
      int kvAt,
      int stride,
      int tokens,
      int c,
      float[] weights,
      float[] y,
      int yAt) {
    float scale = (float) (1 / Math.sqrt(c));
    float most = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < tokens; t++) {
      float score = PanelKernels.dot(q, qAt, keys, kvAt + t * stride, c) * scale;
      weights[t] = score;
      most = Math.max(most, score);
    }
    float inverse = 1 / exponentials(weights, tokens, most);
    int i = 0;
    for (; i <= c - L; i += L) {
      FloatVector sum = FloatVector.zero(Lanes.FLOATS);
      for (int t = 0; t < tokens; t++) {
        sum =
            FloatVector.fromArray(Lanes.FLOATS, values, kvAt + t * stride + i)
                .fma(FloatVector.broadcast(Lanes.FLOATS, weights[t]), sum);
      }
      sum.mul(inverse).intoArray(y, yAt + i);
    }
    for (; i < c; i++) {
      float sum = 0;
      for (int t = 0; t < tokens; t++) {
        sum = Math.fma(values[kvAt + t * stride + i], weights[t], sum);
      }
      y[yAt + i] = sum * inverse;
    }
  }

  /// w = e^(w − most), in place; returns their sum.
  static float exponentials(float[] w, int count, float most) {
    Lanes.exp(w, 0, count, 1, most);
    FloatVector sums = FloatVector.zero(Lanes.FLOATS);
    int i = 0;
    for (; i <= count - L; i += L) {
      sums = sums.add(FloatVector.fromArray(Lanes.FLOATS, w, i));
    }
    float sum = Lanes.sum(sums);
    for (; i < count; i++) {
      sum += w[i];
    }
    return sum;
  }
}
