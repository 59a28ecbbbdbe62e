package dev.imago.generate;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// «Don't repeat yourself»: takes off the scores of tokens that would go on with a repetition, the
/// more the longer it is already. p-e-w 2024,
/// <https://github.com/oobabooga/text-generation-webui/pull/5677>; as llama.cpp computes it.
///
/// @param multiplier times base^(length − allowed) is taken off; 0 for none
/// @param base by which it grows with each token
/// @param allowed the longest repetition that costs nothing, less one: from this length on it does
/// @param last how many tokens of prompt and answer are looked at; −1 for all
/// @param breakers ids across which nothing counts as repeated
public record Dry(float multiplier, float base, int allowed, int last, Set<Integer> breakers) {
  public static final Dry NONE = new Dry(0, 1.75f, 2, -1, Set.of());

  /// The largest float's logarithm: beyond it the power is no number.
  private static final double MOST_EXPONENT = 88.7;

  public Dry {
    SamplingBounds.within("dryMultiplier", multiplier, 0, 100);
    SamplingBounds.within("dryBase", base, 1, 100);
    SamplingBounds.within("dryAllowedLength", allowed, 1, Integer.MAX_VALUE);
    SamplingBounds.within("dryPenaltyLastN", last, -1, Integer.MAX_VALUE);
    breakers = Set.copyOf(breakers);
  }

  boolean isNone() {
    return multiplier == 0 || last == 0;
  }

  /// What is taken off each token's score: nothing where it is none of these.
  ///
  /// The tokens are gone through backwards, as r[0] = the last. How far r and r from `k` on agree
  /// is how long what stands before r[k − 1] repeats the end; r[k − 1] would go on with it. All of
  /// these lengths are found in linear time (Gusfield 1997, §1.4, the Z algorithm).
  ///
  /// @param tokens of prompt and answer
  /// @param count of them
  Map<Integer, Float> penalties(int[] tokens, int count) {
    int n = last < 0 ? count : Math.min(last, count);
    int within = 0;
    while (within < n && !breakers.contains(tokens[count - 1 - within])) {
      within++;
    }
    var longest = new HashMap<Integer, Integer>();
    int[] agree = new int[n];
    int left = 0;
    int right = 0;
    for (int k = 1; k < n; k++) {
      int length = k < right ? Math.min(right - k, agree[k - left]) : 0;
      while (k + length < n && tokens[count - 1 - length] == tokens[count - 1 - k - length]) {
        length++;
      }
      agree[k] = length;
      if (k + length > right) {
        left = k;
        right = k + length;
      }
      int repeated = Math.min(length, within);
      if (repeated >= allowed) {
        longest.merge(tokens[count - k], repeated, Math::max);
      }
    }
    var to = new HashMap<Integer, Float>();
    longest.forEach(
        (id, length) -> {
          double exponent = (length - allowed) * Math.log(base);
          to.put(id, (float) (multiplier * Math.exp(Math.min(exponent, MOST_EXPONENT))));
        });
    return to;
  }
}
