package dev.imago.torch;

import java.util.Arrays;

/// What is known of answers that a model wrote in training, groups of them to one prompt each.
///
/// *B answers in rows of T ids.*
///
/// @param rewards [B]
/// @param advantages [B], how much better each is than its group
/// @param lengths [B], tokens of each, its end counted
/// @param truncated [B], whether an answer stopped at the bound, without its end
/// @param drawn [B·T], −ln p of each token for the model that drew it; empty where that is the
///   model as it is
/// @param reference [B·T], −ln p of each token for the model that it is to stay near; empty where
///   there is none
public record SampledAnswers(
    double[] rewards,
    double[] advantages,
    int[] lengths,
    boolean[] truncated,
    float[] drawn,
    float[] reference) {
  void check(int sequences) {
    int drawnRows = drawn.length % Math.max(1, sequences);
    int referenceRows = reference.length % Math.max(1, sequences);
    if (rewards.length != sequences
        || advantages.length != sequences
        || lengths.length != sequences
        || truncated.length != sequences
        || drawnRows + referenceRows != 0) {
      throw new IllegalArgumentException(
          "%d rewards, %d advantages, %d lengths, %d and %d likelihoods of %d answers"
              .formatted(
                  rewards.length,
                  advantages.length,
                  lengths.length,
                  drawn.length,
                  reference.length,
                  sequences));
    }
  }

  SampledAnswers part(int from, int to) {
    return new SampledAnswers(
        Arrays.copyOfRange(rewards, from, to),
        Arrays.copyOfRange(advantages, from, to),
        Arrays.copyOfRange(lengths, from, to),
        Arrays.copyOfRange(truncated, from, to),
        rows(drawn, from, to),
        rows(reference, from, to));
  }

  private float[] rows(float[] all, int from, int to) {
    int each = all.length / Math.max(1, rewards.length);
    return Arrays.copyOfRange(all, from * each, to * each);
  }
}
