package dev.imago.training;

import dev.imago.core.Bounds;

/// How a text is corrupted for an encoder and a decoder: spans of it are cut out, and the decoder
/// tells them. Raffel et al. 2019, arXiv:1910.10683, section 3.1.4.
///
/// @param share of the tokens that is cut out
/// @param spanTokens the mean length of a span
public record Denoising(double share, double spanTokens) {
  public static final Denoising USUAL = new Denoising(0.15, 3);

  public Denoising {
    Bounds.number("share", share, 0.01, 0.9, "0.15 is usual");
    Bounds.number("spanTokens", spanTokens, 1, 64, "3 is usual");
  }

  /// The lengths that follow from that of a text: T5's `random_spans_helper`.
  ///
  /// @param tokens of the text
  /// @param noise of them that are cut out
  /// @param spans that they are in
  public record Lengths(int tokens, int noise, int spans) {
    /// What the encoder reads: what stays, a sentinel for each span, and the end.
    public int inputs() {
      return tokens - noise + spans + 1;
    }

    /// What the decoder tells: a sentinel before each span, and the end.
    public int targets() {
      return noise + spans + 1;
    }
  }

  /// Numbers are rounded as numpy rounds them, halves to even. A text of one token stays whole.
  public Lengths lengths(int tokens) {
    int noise = (int) Math.min(tokens - 1, Math.max(1, Math.rint(tokens * share)));
    int spans = noise == 0 ? 0 : (int) Math.max(1, Math.rint(noise / spanTokens));
    return new Lengths(tokens, noise, Math.min(spans, tokens - noise));
  }

  /// Those of the longest text whose corrupted form an encoder reads whole: T5's
  /// `compute_input_and_target_lengths`.
  ///
  /// @param inputs tokens that the encoder reads
  public Lengths fitting(int inputs) {
    int tokens = 1;
    while (lengths(tokens + 1).inputs() <= inputs) {
      tokens++;
    }
    return lengths(tokens);
  }
}
