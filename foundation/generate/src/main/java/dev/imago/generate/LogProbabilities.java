package dev.imago.generate;

import java.util.ArrayList;
import java.util.List;

/// How likely the model took a token to be, in natural logarithms of its own probabilities: before
/// bias, penalties, temperature and whatever else chooses.
///
/// @param chosen of the token itself
/// @param likeliest as many of the likeliest as were asked for, the likeliest first and the lowest
///   id first among equals; the token itself may be one of them
public record LogProbabilities(float chosen, List<Likely> likeliest) {
  /// As many of the likeliest as OpenAI's API gives at most.
  public static final int MOST = 20;

  /// A token that might have come.
  public record Likely(int id, float logProbability) {}

  public LogProbabilities {
    likeliest = List.copyOf(likeliest);
  }

  /// Of a model's scores, before anything changes them.
  ///
  /// @param scores of all tokens, none of them NaN
  /// @param token whose probability is told
  /// @param count of the likeliest, 0 … [#MOST]
  static LogProbabilities of(float[] scores, int token, int count) {
    double normalizer = logSumExp(scores);
    int[] best = likeliest(scores, Math.min(count, scores.length));
    var likely = new ArrayList<Likely>();
    for (int id : best) {
      likely.add(new Likely(id, (float) (scores[id] - normalizer)));
    }
    return new LogProbabilities((float) (scores[token] - normalizer), likely);
  }

  private static double logSumExp(float[] scores) {
    double most = scores[Sampler.likeliest(scores)];
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - most);
    }
    return most + Math.log(sum);
  }

  /// The ids of the highest scores, by insertion: few of many.
  private static int[] likeliest(float[] scores, int count) {
    int[] ids = new int[count];
    int n = 0;
    for (int id = 0; id < scores.length && count > 0; id++) {
      if (n == count && scores[id] <= scores[ids[n - 1]]) {
        continue;
      }
      int at = n < count ? n++ : n - 1;
      while (at > 0 && scores[ids[at - 1]] < scores[id]) {
        ids[at] = ids[at - 1];
        at--;
      }
      ids[at] = id;
    }
    return ids;
  }
}
