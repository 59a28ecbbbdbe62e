package dev.imago.model;

import dev.imago.tensor.Rope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// How the frequencies of rotary positions are divided, so that a model reads longer texts than it
/// was first trained on. [RopeFields] reads and writes it.
///
/// *R elements of a head that turn.*
public sealed interface RopeScaling {
  /// GGUF's tensor of [Divisors].
  String TENSOR = "rope_freqs.weight";

  /// GGUF's tensors of [LongRope].
  String SHORT_TENSOR = "rope_factors_short.weight";

  /// Like [#SHORT_TENSOR].
  String LONG_TENSOR = "rope_factors_long.weight";

  /// What each pair's frequency is divided by; empty for nothing. Of sequences that are no longer
  /// than those that the model was first trained on, where that makes a difference.
  List<Float> divisors(int turned, float theta);

  /// What cosines and sines are multiplied by.
  default float magnitude() {
    return 1;
  }

  /// How heads turn.
  default Rope rope(int headWidth, int turned, float theta, Rope.Order order) {
    return new Rope(headWidth, turned, theta, divisors(turned, theta), magnitude(), order);
  }

  /// Frequencies as they are.
  record None() implements RopeScaling {
    @Override
    public List<Float> divisors(int turned, float theta) {
      return List.of();
    }
  }

  /// All by one factor. Chen et al. 2023, arXiv:2306.15595.
  record Linear(float factor) implements RopeScaling {
    @Override
    public List<Float> divisors(int turned, float theta) {
      return Collections.nCopies(turned / 2, factor);
    }
  }

  /// A larger base for sequences that are longer than the original context, by their length. All of
  /// a step turns by the length that its sequence has then, as in transformers.
  ///
  /// @param original context
  record Dynamic(float factor, int original) implements RopeScaling {
    @Override
    public List<Float> divisors(int turned, float theta) {
      return List.of();
    }

    @Override
    public Rope rope(int headWidth, int turned, float theta, Rope.Order order) {
      double power = turned / (turned - 2.0);
      return new Rope(headWidth, turned, theta, List.of(), 1, order)
          .beyond(
              original,
              length -> {
                double grown = (double) factor * length / original - (factor - 1);
                return new Rope(
                    headWidth, turned, theta * Math.pow(grown, power), List.of(), 1, order);
              });
    }
  }

  /// Slow turns by a factor, fast ones not at all, those between by something between. Llama 3.1.
  ///
  /// @param low turns in the original context up to which a pair is slow
  /// @param high turns from which on it is fast
  /// @param original context
  record Llama3(float factor, float low, float high, int original) implements RopeScaling {
    public Llama3 {
      if (!(low < high)) {
        throw new IllegalArgumentException(
            "low_freq_factor = %s is not below high_freq_factor = %s".formatted(low, high));
      }
    }

    @Override
    public List<Float> divisors(int turned, float theta) {
      var to = new ArrayList<Float>();
      for (int i = 0; i < turned / 2; i++) {
        double turns = original / (2 * Math.PI * Math.pow(theta, 2.0 * i / turned));
        double smooth = Math.clamp((turns - low) / (high - low), 0, 1);
        to.add((float) (1 / ((1 - smooth) / factor + smooth)));
      }
      return to;
    }
  }

  /// YaRN: like [Llama3] with a ramp over the pairs in place of the turns, and with larger scores
  /// of attention. Peng et al. 2023, arXiv:2309.00071.
  ///
  /// @param fast turns in the original context from which on a pair is not slowed
  /// @param slow turns up to which it is slowed by all of the factor
  /// @param original context
  /// @param whole whether the ramp begins and ends at whole pairs
  /// @param magnitude of cosines and sines
  record Yarn(float factor, float fast, float slow, int original, boolean whole, float magnitude)
      implements RopeScaling {
    public Yarn {
      if (!(slow < fast)) {
        throw new IllegalArgumentException(
            "beta_slow = %s is not below beta_fast = %s".formatted(slow, fast));
      }
    }

    /// The magnitude that follows from a factor: 0.1 · weight · ln factor + 1.
    static double magnitude(double factor, double weight) {
      return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }

    @Override
    public List<Float> divisors(int turned, float theta) {
      double low = pair(fast, turned, theta);
      double high = pair(slow, turned, theta);
      low = Math.max(whole ? Math.floor(low) : low, 0);
      high = Math.min(whole ? Math.ceil(high) : high, turned - 1);
      double range = high == low ? 0.001 : high - low;
      var to = new ArrayList<Float>();
      for (int i = 0; i < turned / 2; i++) {
        double ramp = Math.clamp((i - low) / range, 0, 1);
        to.add((float) (1 / (ramp / factor + 1 - ramp)));
      }
      return to;
    }

    /// The pair that turns so often in the original context.
    private double pair(double turns, int turned, double theta) {
      return turned * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
  }

  /// Each pair by its own factor: by one list for sequences that fit the original context, by
  /// another for longer ones. Ding et al. 2024, arXiv:2402.13753; Phi-3.
  ///
  /// @param shorter of sequences up to the original context
  /// @param longer of those beyond
  /// @param original context
  /// @param magnitude of cosines and sines
  record LongRope(List<Float> shorter, List<Float> longer, int original, float magnitude)
      implements RopeScaling {
    public LongRope {
      shorter = checked("short_factor", shorter);
      longer = checked("long_factor", longer);
    }

    /// The magnitude that follows from how much longer texts became.
    static double magnitude(double factor, int original) {
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    }

    @Override
    public List<Float> divisors(int turned, float theta) {
      return shorter;
    }

    @Override
    public Rope rope(int headWidth, int turned, float theta, Rope.Order order) {
      for (List<Float> factors : List.of(shorter, longer)) {
        if (factors.size() != turned / 2) {
          throw new IllegalArgumentException(
              "%d factors of longrope are not the %d pairs that turn"
                  .formatted(factors.size(), turned / 2));
        }
      }
      var beyond = new Rope(headWidth, turned, theta, longer, magnitude, order);
      return new Rope(headWidth, turned, theta, shorter, magnitude, order)
          .beyond(original, length -> beyond);
    }
  }

  /// Each by its own, as llama.cpp's converter works them out.
  record Divisors(List<Float> values) implements RopeScaling {
    public Divisors {
      values = checked(TENSOR, values);
    }

    @Override
    public List<Float> divisors(int turned, float theta) {
      return values;
    }
  }

  private static List<Float> checked(String name, List<Float> values) {
    for (float value : values) {
      if (!(value >= 1e-4 && value <= 1e6)) {
        throw new IllegalArgumentException(
            "%s holds %s, which is not from 0.0001 to 1000000; the file is damaged, get it again"
                .formatted(name, value));
      }
    }
    return List.copyOf(values);
  }
}
