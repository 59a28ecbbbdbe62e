package dev.imago.tensor;

import java.util.Optional;
import java.util.OptionalInt;

/// The heads of one attention, what each token sees, and where keys and values are kept.
///
/// @param heads query heads H
/// @param kvHeads key–value heads K; H / K query heads share one
/// @param headWidth C
/// @param scale of the products of queries and keys
/// @param mask what a token sees of its sequence
/// @param cache the layer whose cache the step's keys and values go to; empty for none, where each
///   sequence is whole in its step
/// @param buckets of distances that a bias has, where there is one
/// @param window how many tokens one sees at most, itself the last of them; 0 for no such bound
/// @param dropout of the weights that values are summed by, in training
public record AttentionShape(
    int heads,
    int kvHeads,
    int headWidth,
    float scale,
    Mask mask,
    OptionalInt cache,
    Optional<Buckets> buckets,
    int window,
    float dropout) {
  /// What a token sees.
  public enum Mask {
    /// Its sequence up to itself.
    CAUSAL,
    /// All of its sequence.
    NONE
  }

  public AttentionShape {
    if (headWidth < 1 || kvHeads < 1 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "%d key-value heads of %d do not divide %d heads".formatted(kvHeads, headWidth, heads));
    }
    if (mask == Mask.NONE && cache.isPresent()) {
      throw new IllegalArgumentException("what sees all of its sequence has no use for a cache");
    }
    if (window < 0 || window > 0 && mask == Mask.NONE) {
      throw new IllegalArgumentException(
          "a window of %d tokens is for what sees only what came before".formatted(window));
    }
  }

  /// Each token over what came before it, with a cache, scaled by 1/√C.
  public static AttentionShape causal(int heads, int kvHeads, int headWidth, int layer) {
    return new AttentionShape(
        heads,
        kvHeads,
        headWidth,
        (float) (1 / Math.sqrt(headWidth)),
        Mask.CAUSAL,
        OptionalInt.of(layer),
        Optional.empty(),
        0,
        0);
  }

  /// Each token over all of its sequence, scaled by 1/√C.
  public static AttentionShape whole(int heads, int headWidth) {
    return new AttentionShape(
        heads,
        heads,
        headWidth,
        (float) (1 / Math.sqrt(headWidth)),
        Mask.NONE,
        OptionalInt.empty(),
        Optional.empty(),
        0,
        0);
  }

  public AttentionShape withBias(Buckets buckets) {
    return new AttentionShape(
        heads, kvHeads, headWidth, scale, mask, cache, Optional.of(buckets), window, dropout);
  }

  /// @param tokens that one sees at most, itself the last of them; 0 for no such bound
  public AttentionShape withWindow(int tokens) {
    return new AttentionShape(
        heads, kvHeads, headWidth, scale, mask, cache, buckets, tokens, dropout);
  }

  /// @param other of the products of queries and keys
  public AttentionShape withScale(float other) {
    return new AttentionShape(
        heads, kvHeads, headWidth, other, mask, cache, buckets, window, dropout);
  }

  /// @param rate of the weights that values are summed by, in training
  public AttentionShape withDropout(float rate) {
    return new AttentionShape(heads, kvHeads, headWidth, scale, mask, cache, buckets, window, rate);
  }

  /// The first position that the token at `position` sees.
  int firstSeen(int position) {
    return window == 0 ? 0 : Math.max(0, position + 1 - window);
  }

  /// How a distance between two tokens finds its row of a bias table: near ones each their own, far
  /// ones by their logarithm. Raffel et al. 2019, arXiv:1910.10683.
  ///
  /// @param count rows of the table
  /// @param furthest the distance from which on all share the last row
  /// @param bothWays whether half of the rows are for tokens that come after
  public record Buckets(int count, int furthest, boolean bothWays) {
    public Buckets {
      int side = bothWays ? count / 2 : count;
      if (side < 2 || furthest <= side / 2) {
        throw new IllegalArgumentException(
            "%d buckets for distances up to %d are too few or too many".formatted(count, furthest));
      }
    }

    /// @param distance the other token's position less one's own
    public int row(int distance) {
      int side = bothWays ? count / 2 : count;
      int from = bothWays && distance > 0 ? side : 0;
      int far = bothWays ? Math.abs(distance) : Math.max(0, -distance);
      int exact = side / 2;
      if (far < exact) {
        return from + far;
      }
      double log = Math.log((double) far / exact) / Math.log((double) furthest / exact);
      return from + Math.min(side - 1, exact + (int) (log * (side - exact)));
    }
  }
}
