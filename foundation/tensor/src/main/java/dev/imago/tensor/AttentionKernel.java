package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
    Whole[] whole = shape.cache().isPresent() ? new Whole[0] : whole(batch);
    int[] seen = new int[batch.size()];
    for (int n = 0; n < batch.size(); n++) {
      int position = batch.position(n);
      if (whole.length == 0) {
        batch.sequence(n).write(layer, position, k.data(), v.data(), n * keyWidth, keyWidth);
      } else {
        whole[n].write(position, k.data(), v.data(), n * keyWidth, keyWidth);
      }
      seen[n] = position + 1;
    }
    if (shape.mask() == AttentionShape.Mask.NONE) {
      Map<KeyValues, Integer> lengths = new IdentityHashMap<>();
      for (int n = 0; n < batch.size(); n++) {
        lengths.merge(batch.sequence(n), seen[n], Math::max);
      }
      for (int n = 0; n < batch.size(); n++) {
        seen[n] = lengths.getOrDefault(batch.sequence(n), seen[n]);
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
          int qAt = n * queryWidth + head * c;
          if (whole.length == 0) {
            var kept = new Kept(batch.sequence(n), layer, keyWidth, head / group * c);
            kept.attend(q.data(), qAt, from, tokens, c, shape.scale(), bias != null, weights, y);
            return;
          }
          attend(
              q.data(),
              qAt,
              whole[n].keys,
              whole[n].values,
              from * keyWidth + head / group * c,
              keyWidth,
              tokens,
              c,
              shape.scale(),
              bias != null,
              weights,
              y.data(),
              qAt);
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
          int tokens = source.limit();
          float[] weights = team.scratch(thread, tokens);
          new Kept(source, layer, keyWidth, head / group * c)
              .attend(
                  q.data(),
                  n * queryWidth + head * c,
                  0,
                  tokens,
                  c,
                  shape.scale(),
                  false,
                  weights,
                  y);
        });
    return y;
  }

  /// The keys and values of a sequence that is whole in its step, on the heap, for one call.
  private static final class Whole {
    float[] keys = new float[0];
    float[] values = new float[0];

    void write(int position, float[] k, float[] v, int at, int width) {
      int size = Math.multiplyExact(position + 1, width);
      if (keys.length < size) {
        keys = Arrays.copyOf(keys, Math.max(size, 2 * keys.length));
        values = Arrays.copyOf(values, keys.length);
      }
      System.arraycopy(k, at, keys, position * width, width);
      System.arraycopy(v, at, values, position * width, width);
    }
  }

  /// Of each token, the place for its sequence's keys and values.
  private static Whole[] whole(ForwardBatch batch) {
    Whole[] to = new Whole[batch.size()];
    Map<KeyValues, Whole> own = new IdentityHashMap<>();
    for (int n = 0; n < to.length; n++) {
      KeyValues sequence = batch.sequence(n);
      if (sequence.length() > 0) {
        throw new IllegalArgumentException(
            "without a cache a sequence is whole in its step, and this one goes on after %d tokens"
                .formatted(sequence.length()));
      }
      to[n] = own.computeIfAbsent(sequence, _ -> new Whole());
    }
    return to;
  }

  /// One head of the keys and values that a sequence keeps.
  ///
  /// @param keyWidth numbers of a row
  /// @param first number of the head in it
  private record Kept(KeyValues sequence, int layer, int keyWidth, int first) {
    /// softmax(q · kᵀ · scale + bias) · v of one query, block after block.
    ///
    /// @param biased whether `weights` holds a bias to begin with
    void attend(
        float[] q,
        int qAt,
        int from,
        int tokens,
        int c,
        float scale,
        boolean biased,
        float[] weights,
        CpuActivation y) {
      if (sequence.brokenBefore(from + tokens)) { // its own answer ends, and no other
        Arrays.fill(y.data(), qAt, qAt + c, Float.NaN);
        return;
      }
      CacheRows rows = sequence.type().rows();
      long stride = sequence.type().bytes(keyWidth);
      long head = rows.offset(first);
      int end = from + tokens;
      for (int at = from; at < end; ) {
        int within = at % CacheBlocks.TOKENS;
        int count = Math.min(CacheBlocks.TOKENS - within, end - at);
        MemorySegment keys = sequence.keys(layer, at / CacheBlocks.TOKENS);
        long row = within * stride + head;
        rows.products(keys, row, stride, count, q, qAt, c, scale, biased, weights, at - from);
        at += count;
      }
      float most = Float.NEGATIVE_INFINITY;
      for (int t = 0; t < tokens; t++) {
        most = Math.max(most, weights[t]);
      }
      float inverse = 1 / exponentials(weights, tokens, most);
      for (int at = from; at < end; ) {
        int within = at % CacheBlocks.TOKENS;
        int count = Math.min(CacheBlocks.TOKENS - within, end - at);
        MemorySegment values = sequence.values(layer, at / CacheBlocks.TOKENS);
        rows.add(
            values, within * stride + head, stride, count, weights, at - from, c, y.data(), qAt);
        at += count;
      }
      for (int i = 0; i < c; i++) {
        y.data()[qAt + i] *= inverse;
      }
    }
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
