package dev.imago.tensor;

/// The heads of one attention, and how their positions are told.
///
/// @param heads query heads H
/// @param kvHeads key–value heads K; H / K query heads share one
/// @param headWidth C, even
/// @param theta the base of the rotary angles: token at position p turns pair i by p ·
///   theta^(−2i/C)
/// @param rotary which elements of a head make a pair
public record AttentionShape(int heads, int kvHeads, int headWidth, float theta, Rotary rotary) {
  /// Which elements of a head turn together.
  public enum Rotary {
    /// Element i with i + C/2: Hugging Face's order.
    HALVES,
    /// Element 2i with 2i + 1: the order of `llama` in GGUF, whose query and key rows are permuted.
    PAIRS
  }

  public AttentionShape {
    if (kvHeads < 1 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "kvHeads = " + kvHeads + " does not divide heads = " + heads);
    }
    if (headWidth < 2 || headWidth % 2 != 0) {
      throw new IllegalArgumentException("headWidth = " + headWidth + " is not even");
    }
  }

  /// Width of the packed queries, keys and values: (H + 2K) · C.
  public int packedWidth() {
    return (heads + 2 * kvHeads) * headWidth;
  }
}
