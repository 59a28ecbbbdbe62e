package dev.imago.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Rotary positions: by how much each pair of a head's elements turns from one position to the
/// next. Su et al. 2021, arXiv:2104.09864. One instance a model: backends keep its angles by
/// identity.
public final class Rope {
  /// How many lengths of sequences are kept, where each has a rope of its own.
  private static final int KEPT = 64;

  private final int headWidth;
  private final Order order;
  private final double[] frequencies;
  private final float magnitude;
  private final int original;
  private final @Nullable IntFunction<Rope> longer;
  private final Map<Integer, Rope> byLength = new LinkedHashMap<>();

  /// Which elements of a head turn together.
  public enum Order {
    /// Element i with i + R/2: Hugging Face's order.
    HALVES,
    /// Element 2i with 2i + 1: the order of `llama` in GGUF, whose query and key rows are permuted.
    PAIRS
  }

  /// One that turns whole heads.
  ///
  /// @param headWidth C, even
  /// @param theta the base: pair i turns by theta^(−2i/C) a position
  /// @param divisors of each pair's frequency, where positions are scaled; empty for none
  public Rope(int headWidth, float theta, List<Float> divisors, Order order) {
    this(headWidth, headWidth, theta, divisors, 1, order);
  }

  /// @param headWidth C, even
  /// @param turned R, even: the first elements of a head, which turn; the others stay
  /// @param theta the base: pair i turns by theta^(−2i/R) a position
  /// @param divisors of each pair's frequency, where positions are scaled; empty for none
  /// @param magnitude by which cosines and sines are multiplied
  public Rope(
      int headWidth, int turned, double theta, List<Float> divisors, float magnitude, Order order) {
    this(headWidth, frequencies(headWidth, turned, theta, divisors), magnitude, order, 0, null);
  }

  private Rope(
      int headWidth,
      double[] frequencies,
      float magnitude,
      Order order,
      int original,
      @Nullable IntFunction<Rope> longer) {
    this.headWidth = headWidth;
    this.frequencies = frequencies;
    this.magnitude = magnitude;
    this.order = order;
    this.original = original;
    this.longer = longer;
  }

  private static double[] frequencies(
      int headWidth, int turned, double theta, List<Float> divisors) {
    if (headWidth < 2 || headWidth % 2 != 0) {
      throw new IllegalArgumentException("headWidth = " + headWidth + " is not even");
    }
    if (turned < 2 || turned % 2 != 0 || turned > headWidth) {
      throw new IllegalArgumentException(
          "%d of the %d elements of a head cannot turn".formatted(turned, headWidth));
    }
    if (!divisors.isEmpty() && divisors.size() != turned / 2) {
      throw new IllegalArgumentException(
          "%d divisors of frequencies are not the %d pairs of a head"
              .formatted(divisors.size(), turned / 2));
    }
    double[] frequencies = new double[turned / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double divisor = divisors.isEmpty() ? 1 : divisors.get(i);
      frequencies[i] = 1 / Math.pow(theta, 2.0 * i / turned) / divisor;
    }
    return frequencies;
  }

  /// This one for sequences of up to `original` tokens, and another by their length for longer
  /// ones.
  public Rope beyond(int original, IntFunction<Rope> longer) {
    return new Rope(headWidth, frequencies, magnitude, order, original, longer);
  }

  /// Whether it depends on how long a sequence is.
  public boolean varies() {
    return longer != null;
  }

  /// The rope of a sequence of so many tokens.
  public Rope at(int length) {
    if (longer == null || length <= original) {
      return this;
    }
    synchronized (byLength) {
      if (byLength.size() >= KEPT) {
        byLength.clear();
      }
      return byLength.computeIfAbsent(length, longer::apply);
    }
  }

  /// C.
  public int headWidth() {
    return headWidth;
  }

  /// R/2.
  public int pairs() {
    return frequencies.length;
  }

  public Order order() {
    return order;
  }

  /// What cosines and sines are multiplied by.
  public float magnitude() {
    return magnitude;
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
    return order == Order.PAIRS ? 1 : frequencies.length;
  }
}
