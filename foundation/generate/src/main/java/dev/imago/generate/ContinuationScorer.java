package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How likely texts are after another: a prompt is computed once for all of its continuations, and
/// scores over the vocabulary only where one is read. For one caller at a time.
///
/// A continuation's score depends on nothing but it and its context: no other continuation, no
/// order, no number of threads.
public final class ContinuationScorer implements AutoCloseable {
  /// Tokens of one step: enough to reuse each weight well.
  private static final int WINDOW = 128;

  private final LanguageModel model;
  private final CacheBlocks blocks = new CacheBlocks(CacheType.F32);

  /// The model stays the caller's.
  public ContinuationScorer(LanguageModel model) {
    this.model = model;
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
    int[] before = model.beginning(context);
    var scores = new ArrayList<Score>();
    try (KeyValues cache = model.cache(context, most, blocks)) {
      Row first = last(cache, before, before.length);
      for (int[] continuation : continuations) {
        scores.add(score(cache, before, first, continuation));
      }
    }
    return scores;
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

  /// Runs the first tokens; what follows the last of them.
  private Row last(KeyValues cache, int[] ids, int count) {
    CpuActivation scores = null;
    for (int from = 0; from < count; from += WINDOW) {
      int to = Math.min(count, from + WINDOW);
      scores = model.step(ForwardBatch.of(cache, Arrays.copyOfRange(ids, from, to)), to - from - 1);
    }
    if (scores == null) {
      throw new IllegalArgumentException("there is no token to go on from");
    }
    return Row.of(scores, 0, model.logSumExp(scores)[0]);
  }

  private Score score(KeyValues cache, int[] before, Row first, int[] continuation) {
    double sum = first.of(continuation[0]);
    boolean greedy = first.likeliest() == continuation[0];
    int rest = continuation.length - 1;
    if (rest > 0) {
      for (int from = 0; from < rest; from += WINDOW) {
        int to = Math.min(rest, from + WINDOW);
        CpuActivation scores =
            model.step(ForwardBatch.of(cache, Arrays.copyOfRange(continuation, from, to)));
        float[] normalizers = model.logSumExp(scores);
        for (int i = from; i < to; i++) {
          Row row = Row.of(scores, i - from, normalizers[i - from]);
          sum += row.of(continuation[i + 1]);
          greedy &= row.likeliest() == continuation[i + 1];
        }
      }
      rewind(cache, before);
    }
    return new Score(sum, greedy);
  }

  /// Forgets the continuation; a recurrent state cannot go back, and is computed again.
  private void rewind(KeyValues cache, int[] before) {
    try {
      cache.truncate(before.length);
    } catch (IllegalArgumentException recurrent) {
      cache.truncate(0);
      last(cache, before, before.length);
    }
  }

  @Override
  public void close() {
    blocks.close();
  }
}
