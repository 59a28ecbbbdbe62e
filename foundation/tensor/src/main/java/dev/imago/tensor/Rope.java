package dev.imago.tensor;

import java.util.List;

/// Rotary positions: by how much each pair of a head's elements turns from one position to the
/// next. Su et al. 2021, arXiv:2104.09864. One instance a model: backends keep its angles by
/// identity.
public final class Rope {
  private final int headWidth;
  private final Order order;
  private final double[] frequencies;

  /// Which elements of a head turn together.
  public enum Order {
    /// Element i with i + C/2: Hugging Face's order.
    HALVES,
    /// Element 2i with 2i + 1: the order of `llama` in GGUF, whose query and key rows are permuted.
    PAIRS
  }

  /// @param headWidth C, even
  /// @param theta the base: pair i turns by theta^(−2i/C) a position
  /// @param divisors of each pair's frequency, where positions are scaled; empty for none
  public Rope(int headWidth, float theta, List<Float> divisors, Order order) {
    if (headWidth < 2 || headWidth % 2 != 0) {
      throw new IllegalArgumentException("headWidth = " + headWidth + " is not even");
    }
    if (!divisors.isEmpty() && divisors.size() != headWidth / 2) {
      throw new IllegalArgumentException(
          "%d divisors of frequencies are not the %d pairs of a head"
              .formatted(divisors.size(), headWidth / 2));
    }
    this.headWidth = headWidth;
    this.order = order;
    this.frequencies = new double[headWidth / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double divisor = divisors.isEmpty() ? 1 : divisors.get(i);
      frequencies[i] = 1 / Math.pow(theta, 2.0 * i / headWidth) / divisor;
    }
  }

  /// C.
  public int headWidth() {
    return headWidth;
  }

  public Order order() {
    return order;
  }

  /// Radians a position that pair i turns.
  public double frequency(int i) {
    return frequencies[i];
  }

  /// Where the first element of pair i lies in its head.
  public int first(int i) {
    return order == Order.PAIRS ? 2 * i : i;
  }

  /// How far behind it the second lies.
  public int distance() {
    return order == Order.PAIRS ? 1 : headWidth / 2;
  }
}
