package dev.imago.tensor;

import java.util.IdentityHashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/// Attention of each token over its sequence, one token and head a task. Sums run over the
/// positions in their order, whatever else is in the step.
///
/// *H query heads, K key–value heads, C width of a head.*
final class AttentionKernel {
  private static final int L = Lanes.COUNT;

  private AttentionKernel() {}

  /// @param bias [buckets,H], row by row, where the shape has buckets
  static CpuActivation run(
      Team team,
      ForwardBatch batch,
      CpuActivation q,
      CpuActivation k,
      CpuActivation v,
      AttentionShape shape,
      float @Nullable [] bias) {
    int c = shape.headWidth();
    int queryWidth = shape.heads() * c;
    int keyWidth = shape.kvHeads() * c;
    int layer = shape.cache().orElse(0);
    KeyValues[] kept = kept(batch, shape);
    int[] seen = new int[batch.size()];
    for (int n = 0; n < batch.size(); n++) {
      int position = batch.position(n);
      kept[n].reserve(layer, position + 1, keyWidth);
      int at = position * keyWidth;
      System.arraycopy(k.data(), n * keyWidth, kept[n].keys(layer), at, keyWidth);
      System.arraycopy(v.data(), n * keyWidth, kept[n].values(layer), at, keyWidth);
      seen[n] = position + 1;
    }
    if (shape.mask() == AttentionShape.Mask.NONE) {
      Map<KeyValues, Integer> lengths = new IdentityHashMap<>();
      for (int n = 0; n < batch.size(); n++) {
        lengths.merge(kept[n], seen[n], Math::max);
      }
      for (int n = 0; n < batch.size(); n++) {
        seen[n] = lengths.getOrDefault(kept[n], seen[n]);
      }
    }
    CpuActivation y = CpuActivation.zeros(batch.size(), queryWidth);
    int group = shape.heads() / shape.kvHeads();
    long work = 0;
    for (int n = 0; n < seen.length; n++) {
      work += 2L * (seen[n] - shape.firstSeen(batch.position(n))) * queryWidth;
    }
    team.run(
        batch.size() * shape.heads(),
        work,
        (task, thread) -> {
          int n = task / shape.heads();
          int head = task % shape.heads();
          int from = shape.firstSeen(batch.position(n));
          int tokens = seen[n] - from;
          float[] weights = team.scratch(thread, tokens);
          if (bias != null) {
            biases(bias, shape, batch.position(n), head, from, tokens, weights);
          }
          attend(
              q.data(),
              n * queryWidth + head * c,
              kept[n].keys(layer),
              kept[n].values(layer),
              from * keyWidth + head / group * c,
              keyWidth,
              tokens,
              c,
              shape.scale(),
              bias != null,
              weights,
              y.data(),
              n * queryWidth + head * c);
        });
    return y;
  }

  /// Attention of each token over all of its sequence's source, whose keys and values are kept.
  static CpuActivation across(
      Team team, ForwardBatch batch, int layer, CpuActivation q, AttentionShape shape) {
    int c = shape.headWidth();
    int queryWidth = shape.heads() * c;
    int keyWidth = shape.kvHeads() * c;
    int group = shape.heads() / shape.kvHeads();
    long work = 0;
    for (int n = 0; n < batch.size(); n++) {
      work += 2L * batch.sequence(n).source().limit() * queryWidth;
    }
    CpuActivation y = CpuActivation.zeros(batch.size(), queryWidth);
    team.run(
        batch.size() * shape.heads(),
        work,
        (task, thread) -> {
          int n = task / shape.heads();
          int head = task % shape.heads();
          KeyValues source = batch.sequence(n).source();
          attend(
              q.data(),
              n * queryWidth + head * c,
              source.keys(layer),
              source.values(layer),
              head / group * c,
              keyWidth,
              source.limit(),
              c,
              shape.scale(),
              false,
              team.scratch(thread, source.limit()),
              y.data(),
              n * queryWidth + head * c);
        });
    return y;
  }

  /// Where each token's keys and values go: to its sequence, or to a place for this call alone.
  private static KeyValues[] kept(ForwardBatch batch, AttentionShape shape) {
    KeyValues[] kept = new KeyValues[batch.size()];
    Map<KeyValues, KeyValues> own = new IdentityHashMap<>();
    for (int n = 0; n < kept.length; n++) {
      KeyValues sequence = batch.sequence(n);
      if (shape.cache().isPresent()) {
        kept[n] = sequence;
      } else if (sequence.length() > 0) {
        throw new IllegalArgumentException(
            "without a cache a sequence is whole in its step, and this one goes on after %d tokens"
                .formatted(sequence.length()));
      } else {
        kept[n] = own.computeIfAbsent(sequence, s -> new KeyValues(1, s.limit()));
      }
    }
    return kept;
  }

  private static void biases(
      float[] bias,
      AttentionShape shape,
      int position,
      int head,
      int from,
      int tokens,
      float[] to) {
    AttentionShape.Buckets buckets = shape.buckets().orElseThrow();
    for (int t = 0; t < tokens; t++) {
      to[t] = bias[buckets.row(from + t - position) * shape.heads() + head];
    }
  }

  /// softmax(q · kᵀ · scale + bias) · v of one query and head, over keys and values `stride` apart.
  ///
  /// @param biased whether `weights` holds a bias to begin with
  private static void attend(
      float[] q,
      int qAt,
      float[] keys,
      float[] values,
      int kvAt,
      int stride,
      int tokens,
      int c,
      float scale,
      boolean biased,
      float[] weights,
      float[] y,
      int yAt) {
    float most = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < tokens; t++) {
      float score = PanelKernels.dot(q, qAt, keys, kvAt + t * stride, c) * scale;
      if (biased) {
        score += weights[t];
      }
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
