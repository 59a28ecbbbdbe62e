package dev.imago.torch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is known of a batch's answers beside their ids.
///
/// @param before [B], ln p of each sequence's targets for the model that training began with; empty
///   where nothing is compared with it
/// @param votes [B], 1 for an answer that was found good, −1 for one found bad, 0 for one that only
///   tells how far the model is from the one it began as; empty where answers stand in pairs
/// @param perToken what a token of an answer that is learned as such weighs, so that all of a
///   step's weigh as much as its examples; 0 where none is
/// @param sampled of answers that the model wrote itself; null of others
public record ComparedAnswers(
    double[] before, int[] votes, double perToken, @Nullable SampledAnswers sampled) {
  /// Nothing is known.
  public static final ComparedAnswers NONE = new ComparedAnswers(new double[0], new int[0], 0);

  /// Of answers that somebody else wrote.
  public ComparedAnswers(double[] before, int[] votes, double perToken) {
    this(before, votes, perToken, null);
  }

  /// Of answers that the model wrote itself.
  public ComparedAnswers(SampledAnswers sampled) {
    this(new double[0], new int[0], 0, sampled);
  }

  void check(int sequences) {
    if (sampled != null) {
      sampled.check(sequences);
    }
    if (before.length != 0 && before.length != sequences) {
      throw new IllegalArgumentException(
          "%d likelihoods of %d sequences".formatted(before.length, sequences));
    }
    if (votes.length != 0 && votes.length != sequences) {
      throw new IllegalArgumentException(
          "%d votes on %d sequences".formatted(votes.length, sequences));
    }
  }

  ComparedAnswers comparedWith(double[] likelihoods) {
    return new ComparedAnswers(likelihoods, votes, perToken, sampled);
  }

  ComparedAnswers part(int from, int to) {
    return before.length == 0 && votes.length == 0 && sampled == null
        ? this
        : new ComparedAnswers(
            before.length == 0 ? before : Arrays.copyOfRange(before, from, to),
            votes.length == 0 ? votes : Arrays.copyOfRange(votes, from, to),
            perToken,
            sampled == null ? null : sampled.part(from, to));
  }

  /// By how much likelier a sequence became, in nats.
  ///
  /// @param now ln p of its targets
  double gain(double now, int sequence) {
    if (before.length == 0) {
      throw new IllegalArgumentException("the batch does not say how likely it was before");
    }
    return now - before[sequence];
  }
}
