// Past 400 lines: one kernel: scores, weights and sums of one pass over the keys, with its scratch.
package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
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

  /// Numbers of weights that a task has at work: half of a small second-level cache.
  private static final int WEIGHTS = 1 << 16;

  /// Tokens of one task at most, so that there is something to share out.
  private static final int MOST_TOKENS = 16;

  /// What each token sees of a sequence: its positions from[n] … end[n] − 1.
  private record Sights(KeyValues[] of, int[] from, int[] end) {
    long work(int queryWidth) {
      long work = 0;
      for (int n = 0; n < of.length; n++) {
        work += 2L * (end[n] - from[n]) * queryWidth;
      }
      return work;
    }
  }

  /// @param bias [buckets,H], row by row, where the shape has buckets
  /// @param y [N,H·C], whatever is in it before
  static void run(
      Team team,
      ForwardBatch batch,
      CpuActivation q,
      CpuActivation k,
      CpuActivation v,
      AttentionShape shape,
      float @Nullable [] bias,
      CpuActivation y) {
    int keyWidth = shape.kvHeads() * shape.headWidth();
    Whole[] whole = shape.cache().isPresent() ? new Whole[0] : whole(batch);
    KeyValues[] of = new KeyValues[batch.size()];
    int[] from = new int[batch.size()];
    int[] end = new int[batch.size()];
    for (int n = 0; n < batch.size(); n++) {
      int position = batch.position(n);
      of[n] = batch.sequence(n);
      from[n] = shape.firstSeen(position);
      end[n] = position + 1;
      if (whole.length == 0) {
        int layer = shape.cache().orElseThrow();
        of[n].write(layer, position, k.data(), v.data(), n * keyWidth, keyWidth);
      } else {
        whole[n].write(position, k.data(), v.data(), n * keyWidth, keyWidth);
      }
    }
    if (shape.mask() == AttentionShape.Mask.NONE) {
      Map<KeyValues, Integer> lengths = new IdentityHashMap<>();
      for (int n = 0; n < of.length; n++) {
        lengths.merge(of[n], end[n], Math::max);
      }
      for (int n = 0; n < of.length; n++) {
        end[n] = lengths.getOrDefault(of[n], end[n]);
      }
    }
    var sights = new Sights(of, from, end);
    if (whole.length == 0) {
      kept(team, batch, sights, shape.cache().orElseThrow(), q, shape, bias, y);
    } else {
      whole(team, batch, sights, whole, q, shape, bias, y);
    }
  }

  private static void whole(
      Team team,
      ForwardBatch batch,
      Sights sights,
      Whole[] whole,
      CpuActivation q,
      AttentionShape shape,
      float @Nullable [] bias,
      CpuActivation y) {
    int c = shape.headWidth();
    int queryWidth = shape.heads() * c;
    int keyWidth = shape.kvHeads() * c;
    int group = shape.heads() / shape.kvHeads();
    team.run(
        batch.size() * shape.heads(),
        sights.work(queryWidth),
        (task, thread) -> {
          int n = task / shape.heads();
          int head = task % shape.heads();
          int from = sights.from[n];
          int tokens = sights.end[n] - from;
          float[] weights = team.scratch(thread, tokens);
          if (bias != null) {
            biases(bias, shape, batch.position(n), head, from, tokens, weights, 0);
          }
          int qAt = n * queryWidth + head * c;
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
  }

  /// Attention of each token over all of its sequence's source, whose keys and values are kept.
  ///
  /// @param y [N,H·C], whatever is in it before
  static void across(
      Team team,
      ForwardBatch batch,
      int layer,
      CpuActivation q,
      AttentionShape shape,
      CpuActivation y) {
    KeyValues[] of = new KeyValues[batch.size()];
    int[] end = new int[batch.size()];
    for (int n = 0; n < of.length; n++) {
      of[n] = batch.sequence(n).source();
      end[n] = of[n].limit();
    }
    var sights = new Sights(of, new int[of.length], end);
    kept(team, batch, sights, layer, q, shape, null, y);
  }

  /// Tokens `first` … `first + count − 1` of the step, which see the same sequence.
  private record Stretch(int first, int count) {}

  /// Few enough that their weights fit, for `heads` of each.
  private static List<Stretch> stretches(Sights sights, int heads) {
    var stretches = new ArrayList<Stretch>();
    for (int n = 0; n < sights.of.length; ) {
      int first = n;
      int longest = 0;
      while (n < sights.of.length && n - first < MOST_TOKENS && sights.of[n] == sights.of[first]) {
        longest = Math.max(longest, sights.end[n] - sights.from[n]);
        if (n > first && (long) (n - first + 1) * heads * longest > WEIGHTS) {
          break;
        }
        n++;
      }
      stretches.add(new Stretch(first, n - first));
    }
    return stretches;
  }

  /// A task is some tokens of one sequence and the heads that share keys and values: a block of
  /// these is read once for all of them, while it lies in the first-level cache. What each query
  /// gives is the same bits alone.
  private static void kept(
      Team team,
      ForwardBatch batch,
      Sights sights,
      int layer,
      CpuActivation q,
      AttentionShape shape,
      float @Nullable [] bias,
      CpuActivation y) {
    Arrays.fill(y.data(), 0, y.rows() * y.columns(), 0); // values are added to it
    int group = shape.heads() / shape.kvHeads();
    List<Stretch> shared = stretches(sights, group);
    boolean enough = shared.size() * shape.kvHeads() >= 4 * team.threads();
    int heads = enough ? group : 1;
    List<Stretch> stretches = enough ? shared : stretches(sights, 1);
    int slices = shape.heads() / heads;
    team.run(
        stretches.size() * slices,
        sights.work(y.columns()),
        (task, thread) -> {
          Stretch stretch = stretches.get(task / slices);
          int head = task % slices * heads;
          new Kept(sights, layer, shape, stretch, head, heads)
              .attend(team, thread, batch, q.data(), bias, y.data());
        });
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

  /// One head of the keys and values that a sequence keeps, and the queries to it.
  ///
  /// @param head the first of the query heads
  private record Kept(
      Sights sights, int layer, AttentionShape shape, Stretch stretch, int head, int heads) {
    /// softmax(q · kᵀ · scale + bias) · v of each query, block after block.
    void attend(
        Team team, int thread, ForwardBatch batch, float[] q, float @Nullable [] bias, float[] y) {
      KeyValues sequence = sights.of[stretch.first];
      int c = shape.headWidth();
      int width = shape.heads() * c;
      int low = Integer.MAX_VALUE;
      int high = 0;
      int longest = 0;
      for (int n = stretch.first; n < stretch.first + stretch.count; n++) {
        low = Math.min(low, sights.from[n]);
        high = Math.max(high, sights.end[n]);
        longest = Math.max(longest, sights.end[n] - sights.from[n]);
      }
      int sumsAt = stretch.count * heads * longest;
      float[] weights = team.scratch(thread, sumsAt + CacheBlocks.TOKENS * L);
      if (bias != null) {
        for (int i = 0; i < stretch.count * heads; i++) {
          int n = stretch.first + i / heads;
          int tokens = sights.end[n] - sights.from[n];
          int own = head + i % heads;
          int position = batch.position(n);
          biases(bias, shape, position, own, sights.from[n], tokens, weights, i * longest);
        }
      }
      CacheRows rows = sequence.type().rows();
      int keyWidth = shape.kvHeads() * c;
      long stride = sequence.type().bytes(keyWidth);
      long offset = rows.offset(head / (shape.heads() / shape.kvHeads()) * c);
      int firstBlock = low / CacheBlocks.TOKENS;
      int blocks = Math.ceilDiv(high, CacheBlocks.TOKENS);
      for (int block = firstBlock; block < blocks; block++) {
        MemorySegment keys = sequence.keys(layer, block);
        int at = block * CacheBlocks.TOKENS;
        for (int i = 0; i < stretch.count * heads; i++) {
          int n = stretch.first + i / heads;
          int from = Math.max(at, sights.from[n]);
          int count = Math.min(at + CacheBlocks.TOKENS, sights.end[n]) - from;
          if (count > 0) {
            long row = (from - at) * stride + offset;
            int qAt = n * width + (head + i % heads) * c;
            int to = i * longest + from - sights.from[n];
            rows.products(
                keys,
                row,
                stride,
                count,
                q,
                qAt,
                c,
                shape.scale(),
                bias != null,
                weights,
                to,
                sumsAt);
          }
        }
      }
      float[] inverse = new float[stretch.count * heads];
      for (int i = 0; i < inverse.length; i++) {
        int n = stretch.first + i / heads;
        inverse[i] = 1 / powers(weights, i * longest, sights.end[n] - sights.from[n]);
      }
      for (int block = firstBlock; block < blocks; block++) {
        MemorySegment values = sequence.values(layer, block);
        int at = block * CacheBlocks.TOKENS;
        for (int i = 0; i < inverse.length; i++) {
          int n = stretch.first + i / heads;
          int from = Math.max(at, sights.from[n]);
          int count = Math.min(at + CacheBlocks.TOKENS, sights.end[n]) - from;
          if (count > 0) {
            long row = (from - at) * stride + offset;
            int weightAt = i * longest + from - sights.from[n];
            int yAt = n * width + (head + i % heads) * c;
            rows.add(values, row, stride, count, weights, weightAt, c, y, yAt);
          }
        }
      }
      for (int i = 0; i < inverse.length; i++) {
        int n = stretch.first + i / heads;
        int yAt = n * width + (head + i % heads) * c;
        if (sequence.brokenBefore(sights.end[n])) { // its own answer ends, and no other
          Arrays.fill(y, yAt, yAt + c, Float.NaN);
          continue;
        }
        for (int j = yAt; j < yAt + c; j++) {
          y[j] *= inverse[i];
        }
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
      float[] to,
      int toAt) {
    AttentionShape.Buckets buckets = shape.buckets().orElseThrow();
    for (int t = 0; t < tokens; t++) {
      to[toAt + t] = bias[buckets.row(from + t - position) * shape.heads() + head];
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
    for (int t = 0; t < tokens; t++) {
      float score = PanelKernels.dot(q, qAt, keys, kvAt + t * stride, c) * scale;
      if (biased) {
        score += weights[t];
      }
      weights[t] = score;
    }
    float inverse = 1 / powers(weights, 0, tokens);
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

  /// w = e^(w − the most of them), in place; returns their sum.
  private static float powers(float[] w, int at, int count) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + count; i++) {
      most = Math.max(most, w[i]);
    }
    return exponentials(w, at, count, most);
  }

  /// w = e^(w − most), in place; returns their sum.
  static float exponentials(float[] w, int at, int count, float most) {
    Lanes.exp(w, at, count, 1, most);
    FloatVector sums = FloatVector.zero(Lanes.FLOATS);
    int i = 0;
    for (; i <= count - L; i += L) {
      sums = sums.add(FloatVector.fromArray(Lanes.FLOATS, w, at + i));
    }
    float sum = Lanes.sum(sums);
    for (; i < count; i++) {
      sum += w[at + i];
    }
    return sum;
  }
}
