package dev.imago.ngram;

import java.util.Arrays;
import java.util.function.ToIntFunction;

/// Writes what a model goes on with; who draws from its scores is given.
///
/// @param chooser of an id by a score of each, ln p; it may change them. `<unk>` and `<s>` have −∞.
public record NgramSampler(NgramModel model, ToIntFunction<float[]> chooser) {
  private static final double LN_10 = Math.log(10);

  /// A word after some others.
  public int next(int... context) {
    double[] logs = model.successors(context);
    float[] scores = new float[logs.length];
    for (int word = 0; word < logs.length; word++) {
      boolean never = word == model.unknown() || word == model.begin();
      scores[word] = never ? Float.NEGATIVE_INFINITY : (float) (logs[word] * LN_10);
    }
    return chooser.applyAsInt(scores);
  }

  /// A sentence from its beginning on, without `<s>` and `</s>`.
  ///
  /// @param most words
  public int[] sentence(int most) {
    int[] ids = new int[most + 1];
    ids[0] = model.begin();
    int length = 1;
    while (length <= most) {
      int from = Math.max(0, length - model.order() + 1);
      int word = next(Arrays.copyOfRange(ids, from, length));
      if (word == model.end()) {
        break;
      }
      ids[length++] = word;
    }
    return Arrays.copyOfRange(ids, 1, length);
  }
}
