package dev.imago.model;

import dev.imago.tensor.AttentionShape;

/// The shape of a Llama-style decoder: Hugging Face's `LlamaConfig`, GGUF's `llama`.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads query heads H
/// @param kvHeads key–value heads K, a divisor of H
/// @param headWidth C; H · C need not be D
/// @param feedForward F
/// @param context the longest sequence that the model was trained on
/// @param theta the base of the rotary angles
/// @param epsilon of the norms
/// @param tied whether the embedding is the output matrix too
public record DecoderConfig(
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int headWidth,
    int feedForward,
    int context,
    float theta,
    float epsilon,
    boolean tied) {
  public DecoderConfig {
    positive("vocabularySize", vocabularySize);
    positive("width", width);
    positive("layers", layers);
    positive("heads", heads);
    positive("feedForward", feedForward);
    positive("context", context);
    if (kvHeads < 1 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "kvHeads = %d does not divide heads = %d".formatted(kvHeads, heads));
    }
    if (headWidth < 2 || headWidth % 2 != 0) {
      throw new IllegalArgumentException(
          "headWidth = %d is not even and positive".formatted(headWidth));
    }
  }

  /// The one dial: width 32 · depth, heads of 32 (of 64 from depth 12 on), two query heads for each
  /// key–value head where that divides, feed-forward 8/3 · width rounded up to a multiple of 32,
  /// tied. Every row is a multiple of 32, as Q8_0 blocks need.
  public static DecoderConfig ofDepth(int depth, int vocabularySize, int context) {
    if (depth < 1 || depth > 64) {
      throw new IllegalArgumentException("depth = " + depth + " is outside 1 … 64");
    }
    int width = 32 * depth;
    int headWidth = depth >= 12 ? 64 : 32;
    int heads = Math.max(1, width / headWidth);
    int kvHeads = heads % 2 == 0 ? heads / 2 : heads;
    int feedForward = (width * 8 / 3 + 31) / 32 * 32;
    return new DecoderConfig(
        vocabularySize,
        width,
        depth,
        heads,
        kvHeads,
        headWidth,
        feedForward,
        context,
        10_000f,
        1e-5f,
        true);
  }

  public AttentionShape attention(AttentionShape.Rotary rotary) {
    return new AttentionShape(heads, kvHeads, headWidth, theta, rotary);
  }

  /// Trainable numbers.
  public long parameters() {
    long attention = (long) width * headWidth * (2L * heads + 2L * kvHeads);
    long block = attention + 3L * width * feedForward + 2L * width;
    return layers * block + width + (long) vocabularySize * width * (tied ? 1 : 2);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " = " + value + " is below 1");
    }
  }
}
