package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/// Attention of each token over what its sequence keeps. Sums run over the positions in their
/// order, whatever else is in the step. [WholeAttention] is where nothing is kept.
///
/// *H query heads, K key–value heads, C width of a head.*
final class AttentionKernel {
  private static final int L = Lanes.COUNT;

  /// Stands where nothing is at work.
  private static final KeyValues NOBODY = new KeyValues(0, 0);

  private static final AttentionShape NO_SHAPE = AttentionShape.causal(1, 1, 1, 0);
  private static final float[] NO_NUMBERS = {};

  /// Numbers of weights that a task has at work: half of a small second-level cache.
  private static final int WEIGHTS = 1 << 16;

  /// Tokens of one task at most, so that there is something to share out.
  private static final int MOST_TOKENS = 16;

  private final Team team;
  private final Team.Body attending = this::attend;

  // What each token of the step at work sees, in arrays that the next one takes again: a token that
  // is decoded makes none anew.
  private int tokens;
  private KeyValues[] of = {};

  /// Of its sequence, its positions from[n] … end[n] − 1.
  private int[] from = {};

  private int[] end = {};

  // Stretches of tokens that see the same sequence: the first of each, and how many.
  private int stretches;
  private int[] firsts = {};
  private int[] counts = {};

  // The job of the team: set before it begins, and let go after it.
  private int layer;
  private AttentionShape shape = NO_SHAPE;

  /// Query heads of a task.
  private int heads;

  private float[] queries = NO_NUMBERS;
  private float @Nullable [] bias;
  private float[] sums = NO_NUMBERS;

  /// Kept from step to step.
  private int[] bucketRows = {};

  private AttentionShape.@Nullable Buckets numbered;

  /// One step at a time.
  AttentionKernel(Team team) {
    this.team = team;
  }

  private void begin(int count) {
    tokens = count;
    if (of.length < count) {
      of = new KeyValues[count];
      from = new int[count];
      end = new int[count];
      firsts = new int[count];
      counts = new int[count];
    }
  }

  private void letGo() {
    Arrays.fill(of, 0, tokens, NOBODY);
    tokens = 0;
    shape = NO_SHAPE;
    queries = NO_NUMBERS;
    bias = null;
    sums = NO_NUMBERS;
  }

  /// @param bias [buckets,H], row by row, where the shape has buckets
  /// @param y [N,H·C], whatever is in it before
  void run(
      ForwardBatch batch,
      CpuActivation q,
      CpuActivation k,
      CpuActivation v,
      AttentionShape shape,
      float @Nullable [] bias,
      CpuActivation y) {
    int keyWidth = shape.kvHeads() * shape.headWidth();
    if (shape.cache().isEmpty()) {
      new WholeAttention(team, batch, shape, bias).run(q.data(), k.data(), v.data(), y.data());
      return;
    }
    int layer = shape.cache().getAsInt();
    begin(batch.size());
    try {
      for (int n = 0; n < tokens; n++) {
        int position = batch.position(n);
        of[n] = batch.sequence(n);
        from[n] = shape.firstSeen(position);
        end[n] = position + 1;
        of[n].write(layer, position, k.data(), v.data(), n * keyWidth, keyWidth);
      }
      kept(layer, q, shape, bias, y);
    } finally {
      letGo();
    }
  }

  private long work(int queryWidth) {
    long work = 0;
    for (int n = 0; n < tokens; n++) {
      work += 2L * (end[n] - from[n]) * queryWidth;
    }
    return work;
  }

  /// Attention of each token over all of its sequence's source, whose keys and values are kept.
  ///
  /// @param y [N,H·C], whatever is in it before
  void across(
      ForwardBatch batch, int layer, CpuActivation q, AttentionShape shape, CpuActivation y) {
    begin(batch.size());
    try {
      for (int n = 0; n < tokens; n++) {
        of[n] = batch.sequence(n).source();
        from[n] = 0;
        end[n] = of[n].limit();
      }
      kept(layer, q, shape, null, y);
    } finally {
      letGo();
    }
  }

  /// Parts the step into stretches whose weights fit, for so many heads of each.
  private void stretch(int heads) {
    stretches = 0;
    for (int n = 0; n < tokens; ) {
      int first = n;
      int longest = 0;
      while (n < tokens && n - first < MOST_TOKENS && of[n] == of[first]) {
        longest = Math.max(longest, end[n] - from[n]);
        if (n > first && (long) (n - first + 1) * heads * longest > WEIGHTS) {
          break;
        }
        n++;
      }
      firsts[stretches] = first;
      counts[stretches++] = n - first;
    }
  }

  /// A task is some tokens of one sequence and the heads that share keys and values: a block of
  /// these is read once for all of them, while it lies in the first-level cache. What each query
  /// gives is the same bits alone.
  private void kept(
      int layer, CpuActivation q, AttentionShape shape, float @Nullable [] bias, CpuActivation y) {
    Arrays.fill(y.data(), 0, y.rows() * y.columns(), 0); // values are added to it
    int group = shape.heads() / shape.kvHeads();
    stretch(group);
    heads = group;
    if (stretches * shape.kvHeads() < 4 * team.threads()) { // too few to share out
      stretch(1);
      heads = 1;
    }
    this.layer = layer;
    this.shape = shape;
    this.queries = q.data();
    this.bias = bias;
    this.sums = y.data();
    if (bias != null) {
      number(shape.buckets().orElseThrow());
    }
    team.run(stretches * (shape.heads() / heads), work(y.columns()), attending);
  }

  private void attend(int task, int thread) {
    int slices = shape.heads() / heads;
    int stretch = task / slices;
    attend(thread, firsts[stretch], counts[stretch], task % slices * heads);
  }

  /// softmax(q · kᵀ · scale + bias) · v of each query to one head of the keys and values that a
  /// sequence keeps, block after block.
  ///
  /// @param first token of the stretch
  /// @param count of its tokens
  /// @param head the first of the query heads
  private void attend(int thread, int first, int count, int head) {
    KeyValues sequence = of[first];
    float[] y = sums;
    int c = shape.headWidth();
    int width = shape.heads() * c;
    int low = Integer.MAX_VALUE;
    int high = 0;
    int longest = 0;
    for (int n = first; n < first + count; n++) {
      low = Math.min(low, from[n]);
      high = Math.max(high, end[n]);
      longest = Math.max(longest, end[n] - from[n]);
    }
    int all = count * heads;
    int sumsAt = all * longest;
    int inverseAt = sumsAt + CacheBlocks.TOKENS * L;
    float[] weights = team.scratch(thread, inverseAt + all);
    if (bias != null) {
      for (int i = 0; i < all; i++) {
        int n = first + i / heads;
        int seen = end[n] - from[n];
        int own = head + i % heads;
        biases(bias, end[n] - 1, own, from[n], seen, weights, i * longest);
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
      for (int i = 0; i < all; i++) {
        int n = first + i / heads;
        int begin = Math.max(at, from[n]);
        int some = Math.min(at + CacheBlocks.TOKENS, end[n]) - begin;
        if (some > 0) {
          long row = (begin - at) * stride + offset;
          int qAt = n * width + (head + i % heads) * c;
          int to = i * longest + begin - from[n];
          rows.products(
              keys,
              row,
              stride,
              some,
              queries,
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
    for (int i = 0; i < all; i++) {
      int n = first + i / heads;
      weights[inverseAt + i] = 1 / powers(weights, i * longest, end[n] - from[n]);
    }
    for (int block = firstBlock; block < blocks; block++) {
      MemorySegment values = sequence.values(layer, block);
      int at = block * CacheBlocks.TOKENS;
      for (int i = 0; i < all; i++) {
        int n = first + i / heads;
        int begin = Math.max(at, from[n]);
        int some = Math.min(at + CacheBlocks.TOKENS, end[n]) - begin;
        if (some > 0) {
          long row = (begin - at) * stride + offset;
          int weightAt = i * longest + begin - from[n];
          int yAt = n * width + (head + i % heads) * c;
          rows.add(values, row, stride, some, weights, weightAt, c, y, yAt);
        }
      }
    }
    for (int i = 0; i < all; i++) {
      int n = first + i / heads;
      int yAt = n * width + (head + i % heads) * c;
      if (sequence.brokenBefore(end[n])) { // its own answer ends, and no other
        Arrays.fill(y, yAt, yAt + c, Float.NaN);
        continue;
      }
      for (int j = yAt; j < yAt + c; j++) {
        y[j] *= weights[inverseAt + i];
      }
    }
  }

  private void biases(
      float[] bias, int position, int head, int from, int tokens, float[] to, int toAt) {
    for (int t = 0; t < tokens; t++) {
      to[toAt + t] = bias[bucketRows[position - from - t] * shape.heads() + head];
    }
  }

  /// The rows of the bias by how far back a token lies, which cost a logarithm each.
  private void number(AttentionShape.Buckets buckets) {
    int furthest = 0;
    for (int n = 0; n < tokens; n++) {
      furthest = Math.max(furthest, end[n]);
    }
    if (buckets.equals(numbered) && bucketRows.length >= furthest) {
      return;
    }
    bucketRows = new int[2 * furthest];
    Arrays.setAll(bucketRows, back -> buckets.row(-back));
    numbered = buckets;
  }

  /// w = e^(w − the most of them), in place; returns their sum.
  static float powers(float[] w, int at, int count) {
    FloatVector mosts = FloatVector.broadcast(Lanes.FLOATS, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i <= count - L; i += L) {
      mosts = mosts.max(FloatVector.fromArray(Lanes.FLOATS, w, at + i));
    }
    float most = mosts.reduceLanes(VectorOperators.MAX); // the same in whatever order
    for (; i < count; i++) {
      most = Math.max(most, w[at + i]);
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
