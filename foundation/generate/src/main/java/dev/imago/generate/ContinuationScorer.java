package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How likely texts are after another: a prompt is computed once for all of its continuations,
/// these share steps, and scores over the vocabulary are computed only where one is read. What a
/// prompt begins with as the one before it, such as the examples of a task, is not computed again.
/// For one caller at a time.
///
/// A continuation's score depends on nothing but it and its context: no other continuation, no
/// order, no number of threads, nothing that came before.
public final class ContinuationScorer implements AutoCloseable {
  /// Tokens of one step: enough to reuse each weight well.
  private static final int WINDOW = 256;

  /// The same where scores over the vocabulary are read of each.
  private static final int SCORED = 128;

  /// Bytes of the copies that continuations of one context go on with at the same time: each has
  /// all that the context left, and a context may have a hundred choices.
  private static final long MOST_BYTES = 1L << 30;

  private final LanguageModel model;
  private final long mostBytes;
  private final CacheBlocks blocks = new CacheBlocks(CacheType.F32);

  /// The last context's ids, and what was kept of them; of models that can go back alone.
  private int[] known = new int[0];

  private @Nullable KeyValues kept;

  /// The model stays the caller's.
  public ContinuationScorer(LanguageModel model) {
    this(model, MOST_BYTES);
  }

  /// @param mostBytes of copies of a context at a time; one is made in any case
  ContinuationScorer(LanguageModel model, long mostBytes) {
    this.model = model;
    this.mostBytes = mostBytes;
  }

  /// @param logProbability Σ ln p of the continuation's tokens
  /// @param greedy whether each of them was the likeliest in its place
  public record Score(double logProbability, boolean greedy) {}

  /// Whether the model reads a source, and answers it apart.
  public boolean readsSource() {
    return model.config().decoderStart().isPresent();
  }

  /// The most tokens of a context and a continuation together; of a model that reads a source, of
  /// each.
  public int longest() {
    return model.config().context() + (readsSource() ? 0 : 1);
  }

  /// Scores continuations of one context.
  ///
  /// @param context at least one token
  /// @param continuations each of at least one token, within [#longest]
  public List<Score> scores(int[] context, List<int[]> continuations) {
    int most = 0;
    for (int[] continuation : continuations) {
      int together = continuation.length + (readsSource() ? 0 : context.length);
      if (context.length == 0 || continuation.length == 0 || together > longest()) {
        throw new IllegalArgumentException(
            "a context of %d tokens and a continuation of %d: each has 1 at least, and %d together are the most; cut the context"
                .formatted(context.length, continuation.length, longest()));
      }
      most = Math.max(most, continuation.length);
    }
    KeyValues cache = begun(context, most);
    try {
      int[] before = model.beginning(context);
      Row first = last(cache, Arrays.copyOfRange(before, cache.length(), before.length));
      var scores = new ArrayList<Score>();
      while (scores.size() < continuations.size()) {
        List<int[]> left = continuations.subList(scores.size(), continuations.size());
        scores.addAll(scored(cache, first, left.subList(0, together(context, left))));
      }
      if (cache.rewinds()) {
        known = before;
        kept = cache;
      } else {
        cache.close();
      }
      return scores;
    } catch (RuntimeException | Error e) {
      cache.close();
      throw e;
    }
  }

  /// What holds the tokens that the context begins with as the one before it, all but its last at
  /// most, since what follows that is asked for.
  private KeyValues begun(int[] context, int most) {
    KeyValues before = kept;
    kept = null;
    if (before == null) {
      return model.cache(context, readsSource() ? most : longest() - context.length, blocks);
    }
    int[] ids = model.beginning(context);
    int same = Arrays.mismatch(ids, known);
    before.truncate(Math.min(same < 0 ? ids.length : same, ids.length - 1));
    return before;
  }

  /// ln p of one token each, and the likeliest of all.
  private record Row(float[] scores, double normalizer, int likeliest) {
    static Row of(CpuActivation all, int row, float normalizer) {
      float[] scores = all.row(row);
      int best = 0;
      for (int i = 1; i < scores.length; i++) {
        best = scores[i] > scores[best] ? i : best;
      }
      return new Row(scores, normalizer, best);
    }

    double of(int token) {
      if (token < 0 || token >= scores.length) {
        throw new IllegalArgumentException(
            "token id %d is not in 0 … %d".formatted(token, scores.length - 1));
      }
      return scores[token] - normalizer;
    }
  }

  /// Runs some tokens; what follows the last of them.
  private Row last(KeyValues cache, int[] ids) {
    CpuActivation scores = null;
    for (int from = 0; from < ids.length; from += WINDOW) {
      int to = Math.min(ids.length, from + WINDOW);
      scores = model.step(ForwardBatch.of(cache, Arrays.copyOfRange(ids, from, to)), to - from - 1);
    }
    if (scores == null) {
      throw new IllegalArgumentException("there is no token to go on from");
    }
    return Row.of(scores, 0, model.logSumExp(scores)[0]);
  }

  /// A continuation on its way.
  private static final class Path {
    private final int[] ids;
    private final KeyValues cache;
    private double sum;
    private boolean greedy;

    /// How many of its tokens were run.
    private int run;

    Path(int[] ids, KeyValues cache, Row first) {
      this.ids = ids;
      this.cache = cache;
      this.sum = first.of(ids[0]);
      this.greedy = first.likeliest() == ids[0];
    }

    /// All but the last, after which nothing is asked for.
    int left() {
      return ids.length - 1 - run;
    }

    void read(Row row) {
      int next = ids[++run];
      sum += row.of(next);
      greedy &= row.likeliest() == next;
    }
  }

  /// How many of the continuations may have copies at a time, 1 at least.
  private int together(int[] context, List<int[]> continuations) {
    long bytes = 0;
    int count = 0;
    for (int[] continuation : continuations) {
      int tokens = context.length + continuation.length;
      bytes += continuation.length == 1 ? 0 : model.cacheBytes(blocks.type(), tokens);
      if (count > 0 && bytes > mostBytes) {
        break;
      }
      count++;
    }
    return count;
  }

  /// Bytes of keys and values taken from the system.
  long heldBytes() {
    return blocks.heldBytes();
  }

  /// Each on a copy of what the context left.
  private List<Score> scored(KeyValues cache, Row first, List<int[]> continuations) {
    var forks = new ArrayList<KeyValues>();
    try {
      var paths = new ArrayList<Path>();
      for (int[] continuation : continuations) {
        KeyValues own = cache;
        if (continuation.length > 1) {
          own = cache.fork();
          forks.add(own);
        }
        paths.add(new Path(continuation, own, first));
      }
      while (paths.stream().anyMatch(p -> p.left() > 0)) {
        step(paths);
      }
      return paths.stream().map(p -> new Score(p.sum, p.greedy)).toList();
    } finally {
      forks.forEach(KeyValues::close);
    }
  }

  /// One step of as many tokens as it takes, path by path.
  private void step(List<Path> paths) {
    var ids = new int[SCORED];
    var sequences = new KeyValues[SCORED];
    var readers = new ArrayList<Path>();
    for (Path path : paths) {
      int count = Math.min(path.left(), SCORED - readers.size());
      for (int i = 0; i < count; i++) {
        ids[readers.size()] = path.ids[path.run + i];
        sequences[readers.size()] = path.cache;
        readers.add(path);
      }
    }
    int size = readers.size();
    CpuActivation scores =
        model.step(new ForwardBatch(Arrays.copyOf(ids, size), Arrays.copyOf(sequences, size)));
    float[] normalizers = model.logSumExp(scores);
    for (int i = 0; i < size; i++) {
      readers.get(i).read(Row.of(scores, i, normalizers[i]));
    }
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
    }
    blocks.close();
  }
}
