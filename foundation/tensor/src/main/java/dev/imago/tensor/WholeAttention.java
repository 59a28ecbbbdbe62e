package dev.imago.tensor;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/// Attention of each token over a sequence that is whole in its step, so that nothing is kept: what
/// an encoder does.
///
/// A few queries of a head at a time: their products with all keys, and the sums of all values, are
/// two products of matrices. Keys and values are packed for them once a head, in tiles of
/// [#COLUMNS] columns, so that no product ends in a sum over lanes. Their sums run over a head's
/// numbers and over the positions in their order, and a query's results are the same bits whatever
/// else is in the step. Where a query does not see all, values that others of its pass see count
/// nought times: one of them that is not finite spoils it.
///
/// *H query heads, K key–value heads, C width of a head, T tokens of a sequence.*
final class WholeAttention {
  private static final int L = Lanes.COUNT;

  /// Of a tile: two vectors.
  private static final int COLUMNS = 2 * L;

  /// Queries of a pass: their eight accumulators hide the time that a sum takes.
  private static final int QUERIES = 4;

  /// Queries of one task at most, so that there is something to share out.
  private static final int MOST_QUERIES = 32;

  /// A sequence's tokens, in order: rows[first … first + tokens − 1] of the step. Its keys and
  /// values are packed from `keys` and `values` on.
  private record Sequence(int first, int tokens, int keys, int values) {}

  private final Team team;
  private final AttentionShape shape;

  /// Of each head the bias by distance, from −(longest − 1) on; empty where there is none.
  private final float[] biases;

  private final int longest;
  private final Sequence[] sequences;
  private final int[] rows;

  /// Of all packed keys and values.
  private final int numbers;

  /// @param batch whose sequences begin in it
  /// @param bias [buckets,H], row by row, where the shape has buckets
  WholeAttention(Team team, ForwardBatch batch, AttentionShape shape, float @Nullable [] bias) {
    this.team = team;
    this.shape = shape;
    Map<KeyValues, Integer> seen = new IdentityHashMap<>();
    int[] of = new int[batch.size()];
    int[] counts = new int[batch.size()];
    for (int n = 0; n < of.length; n++) {
      KeyValues sequence = batch.sequence(n);
      if (sequence.length() > 0) {
        throw new IllegalArgumentException(
            "without a cache a sequence is whole in its step, and this one goes on after %d tokens"
                .formatted(sequence.length()));
      }
      of[n] = seen.computeIfAbsent(sequence, _ -> seen.size());
      counts[of[n]]++;
    }
    sequences = new Sequence[seen.size()];
    int first = 0;
    int at = 0;
    for (int s = 0; s < sequences.length; s++) {
      int keys = at;
      at = Math.addExact(at, keySize(counts[s]) * shape.kvHeads());
      sequences[s] = new Sequence(first, counts[s], keys, at);
      at = Math.addExact(at, valueSize(counts[s]) * shape.kvHeads());
      first += counts[s];
    }
    numbers = at;
    longest = Arrays.stream(counts).max().orElseThrow();
    biases = bias == null ? new float[0] : byDistance(bias);
    rows = new int[of.length];
    int[] next = new int[sequences.length];
    for (int n = 0; n < of.length; n++) {
      rows[sequences[of[n]].first + next[of[n]]++] = n;
    }
  }

  /// A logarithm a distance, where it would be one for each two tokens of each head.
  private float[] byDistance(float[] table) {
    AttentionShape.Buckets buckets = shape.buckets().orElseThrow();
    int distances = 2 * longest - 1;
    float[] to = new float[shape.heads() * distances];
    for (int d = 0; d < distances; d++) {
      int row = buckets.row(d - longest + 1) * shape.heads();
      for (int head = 0; head < shape.heads(); head++) {
        to[head * distances + d] = table[row + head];
      }
    }
    return to;
  }

  /// Numbers of one head's packed keys.
  private int keySize(int tokens) {
    return Math.multiplyExact(whole(tokens), shape.headWidth());
  }

  private int valueSize(int tokens) {
    return Math.multiplyExact(tokens, whole(shape.headWidth()));
  }

  /// So many columns with those that fill the last tile.
  private static int whole(int columns) {
    return Math.ceilDiv(columns, COLUMNS) * COLUMNS;
  }

  /// @param y [N,H·C], whatever is in it before
  void run(float[] q, float[] k, float[] v, float[] y) {
    float[] packed = team.shared(numbers);
    int c = shape.headWidth();
    int heads = shape.kvHeads();
    team.run(
        sequences.length * heads,
        2L * rows.length * heads * c,
        (task, _) -> {
          Sequence sequence = sequences[task / heads];
          packKeys(sequence, task % heads, k, packed);
          packValues(sequence, task % heads, v, packed);
        });
    int[] begins = new int[sequences.length + 1];
    long work = 0;
    for (int s = 0; s < sequences.length; s++) {
      int tokens = sequences[s].tokens;
      begins[s + 1] = begins[s] + shape.heads() * Math.ceilDiv(tokens, MOST_QUERIES);
      work += 2L * tokens * tokens * shape.heads() * c;
    }
    team.run(
        begins[sequences.length],
        work,
        (task, thread) -> {
          int at = Arrays.binarySearch(begins, task);
          int s = at < 0 ? -at - 2 : at;
          Sequence sequence = sequences[s];
          int parts = Math.ceilDiv(sequence.tokens, MOST_QUERIES);
          int head = (task - begins[s]) / parts;
          int from = (task - begins[s]) % parts * MOST_QUERIES;
          int to = Math.min(sequence.tokens, from + MOST_QUERIES);
          int length = whole(sequence.tokens);
          float[] weights = team.scratch(thread, QUERIES * (length + COLUMNS + 1));
          for (int first = from; first < to; first += QUERIES) {
            int count = Math.min(QUERIES, to - first);
            attend(sequence, head, first, count, q, packed, weights, length, y);
          }
        });
  }

  /// Tile after tile, in each a head's numbers one after the other, of each all of the tile's keys.
  private void packKeys(Sequence sequence, int head, float[] k, float[] to) {
    int c = shape.headWidth();
    int width = shape.kvHeads() * c;
    int at = sequence.keys + head * keySize(sequence.tokens);
    int length = whole(sequence.tokens);
    for (int t = 0; t < length; t++) {
      int tile = at + t / COLUMNS * COLUMNS * c + t % COLUMNS;
      int from = t < sequence.tokens ? rows[sequence.first + t] * width + head * c : -1;
      for (int i = 0; i < c; i++) {
        to[tile + i * COLUMNS] = from < 0 ? 0 : k[from + i];
      }
    }
  }

  /// Tile after tile, in each one position after the other, of each all of the tile's numbers.
  private void packValues(Sequence sequence, int head, float[] v, float[] to) {
    int c = shape.headWidth();
    int width = shape.kvHeads() * c;
    int at = sequence.values + head * valueSize(sequence.tokens);
    for (int i = 0; i < c; i += COLUMNS) {
      int some = Math.min(COLUMNS, c - i);
      for (int t = 0; t < sequence.tokens; t++) {
        System.arraycopy(v, rows[sequence.first + t] * width + head * c + i, to, at, some);
        Arrays.fill(to, at + some, at + COLUMNS, 0);
        at += COLUMNS;
      }
    }
  }

  /// softmax(q · kᵀ · scale + bias) · v of some queries of one head.
  ///
  /// @param first of the queries, counted in their sequence
  /// @param count 1 … [#QUERIES]
  /// @param weights room for [#QUERIES] rows of `length` numbers, of [#COLUMNS], and of one
  private void attend(
      Sequence sequence,
      int head,
      int first,
      int count,
      float[] q,
      float[] packed,
      float[] weights,
      int length,
      float[] y) {
    int c = shape.headWidth();
    int kvHead = head / (shape.heads() / shape.kvHeads());
    int low = shape.firstSeen(first) / COLUMNS * COLUMNS;
    int high = end(sequence, first + count - 1);
    // What is missing to a full pass is computed again, for nothing.
    int second = Math.min(1, count - 1);
    int third = Math.min(2, count - 1);
    int last = count - 1;
    int q0 = at(sequence, first, head);
    int q1 = at(sequence, first + second, head);
    int q2 = at(sequence, first + third, head);
    int q3 = at(sequence, first + last, head);
    int keys = sequence.keys + kvHead * keySize(sequence.tokens);
    for (int t = low; t < high; t += COLUMNS) {
      product(q, q0, q1, q2, q3, c, packed, keys + t * c, shape.scale(), weights, t, length);
    }
    int sums = QUERIES * length;
    int inverse = sums + QUERIES * COLUMNS;
    for (int i = 0; i < count; i++) {
      int from = shape.firstSeen(first + i);
      int to = end(sequence, first + i);
      int row = i * length;
      if (biases.length > 0) {
        int own = head * (2 * longest - 1) + longest - 1 - first - i;
        for (int t = from; t < to; t++) {
          weights[row + t] += biases[own + t];
        }
      }
      weights[inverse + i] = 1 / AttentionKernel.powers(weights, row + from, to - from);
      Arrays.fill(weights, row + low, row + from, 0);
      Arrays.fill(weights, row + to, row + high, 0);
    }
    int w1 = second * length + low;
    int w2 = third * length + low;
    int w3 = last * length + low;
    int values = sequence.values + kvHead * valueSize(sequence.tokens) + low * COLUMNS;
    for (int i = 0; i < c; i += COLUMNS) {
      int tile = values + i * sequence.tokens;
      product(weights, low, w1, w2, w3, high - low, packed, tile, 1, weights, sums, COLUMNS);
      for (int n = 0; n < count; n++) {
        int to = at(sequence, first + n, head) + i;
        for (int j = 0; j < Math.min(COLUMNS, c - i); j++) {
          y[to + j] = weights[sums + n * COLUMNS + j] * weights[inverse + n];
        }
      }
    }
  }

  /// Where a head's numbers of a token lie among queries and results.
  private int at(Sequence sequence, int token, int head) {
    return (rows[sequence.first + token] * shape.heads() + head) * shape.headWidth();
  }

  /// The position after the last that a token sees.
  private int end(Sequence sequence, int token) {
    return shape.mask() == AttentionShape.Mask.NONE ? sequence.tokens : token + 1;
  }

  /// Four rows of one matrix times a tile of another: to[toAt + row · toStride + column].
  ///
  /// @param a whose rows begin at a0 … a3
  /// @param inner numbers of a row
  /// @param b [inner,COLUMNS], from `bAt` on
  private static void product(
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int inner,
      float[] b,
      int bAt,
      float scale,
      float[] to,
      int toAt,
      int toStride) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector u0 = zero, u1 = zero, u2 = zero, u3 = zero;
    FloatVector v0 = zero, v1 = zero, v2 = zero, v3 = zero;
    for (int i = 0; i < inner; i++) {
      FloatVector u = FloatVector.fromArray(Lanes.FLOATS, b, bAt + i * COLUMNS);
      FloatVector v = FloatVector.fromArray(Lanes.FLOATS, b, bAt + i * COLUMNS + L);
      FloatVector each = FloatVector.broadcast(Lanes.FLOATS, a[a0 + i]);
      u0 = u.fma(each, u0);
      v0 = v.fma(each, v0);
      each = FloatVector.broadcast(Lanes.FLOATS, a[a1 + i]);
      u1 = u.fma(each, u1);
      v1 = v.fma(each, v1);
      each = FloatVector.broadcast(Lanes.FLOATS, a[a2 + i]);
      u2 = u.fma(each, u2);
      v2 = v.fma(each, v2);
      each = FloatVector.broadcast(Lanes.FLOATS, a[a3 + i]);
      u3 = u.fma(each, u3);
      v3 = v.fma(each, v3);
    }
    u0.mul(scale).intoArray(to, toAt);
    v0.mul(scale).intoArray(to, toAt + L);
    u1.mul(scale).intoArray(to, toAt + toStride);
    v1.mul(scale).intoArray(to, toAt + toStride + L);
    u2.mul(scale).intoArray(to, toAt + 2 * toStride);
    v2.mul(scale).intoArray(to, toAt + 2 * toStride + L);
    u3.mul(scale).intoArray(to, toAt + 3 * toStride);
    v3.mul(scale).intoArray(to, toAt + 3 * toStride + L);
  }
}
