package dev.imago.model.llama;

import dev.imago.model.ConfigJson;
import dev.imago.model.GgufFields;
import dev.imago.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// How the frequencies of rotary positions are divided, so that a model reads longer texts than it
/// was first trained on.
public sealed interface RopeScaling {
  /// GGUF's tensor of [Divisors].
  String TENSOR = "rope_freqs.weight";

  /// What each pair's frequency is divided by; empty for nothing.
  List<Float> divisors(int headWidth, float theta);

  /// Frequencies as they are.
  record None() implements RopeScaling {
    @Override
    public List<Float> divisors(int headWidth, float theta) {
      return List.of();
    }
  }

  /// All by one factor. Chen et al. 2023, arXiv:2306.15595.
  record Linear(float factor) implements RopeScaling {
    @Override
    public List<Float> divisors(int headWidth, float theta) {
      return Collections.nCopies(headWidth / 2, factor);
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
    public List<Float> divisors(int headWidth, float theta) {
      var to = new ArrayList<Float>();
      for (int i = 0; i < headWidth / 2; i++) {
        double turns = original / (2 * Math.PI * Math.pow(theta, 2.0 * i / headWidth));
        double smooth = Math.clamp((turns - low) / (high - low), 0, 1);
        to.add((float) (1 / ((1 - smooth) / factor + smooth)));
      }
      return to;
    }
  }

  /// Each by its own, as llama.cpp's converter works them out.
  record Divisors(List<Float> values) implements RopeScaling {
    public Divisors {
      values = List.copyOf(values);
      for (float value : values) {
        if (!(value >= 1e-4 && value <= 1e6)) {
          throw new IllegalArgumentException(
              "%s holds %s, which is not from 0.0001 to 1000000; the file is damaged, get it again"
                  .formatted(TENSOR, value));
        }
      }
    }

    @Override
    public List<Float> divisors(int headWidth, float theta) {
      return values;
    }
  }

  /// Of `rope_parameters` or `rope_scaling`.
  static RopeScaling read(ConfigJson rope, int context) {
    String type = rope.text("rope_type", rope.text("type", "default"));
    return switch (type) {
      case "default" -> new None();
      case "linear" -> new Linear(rope.real("factor", 1, 10_000));
      case "llama3" ->
          new Llama3(
              rope.real("factor", 1, 10_000),
              rope.real("low_freq_factor", 1e-3, 1000),
              rope.real("high_freq_factor", 1e-3, 1000),
              rope.whole("original_max_position_embeddings", 1, 1 << 24, context));
      default ->
          throw new IllegalArgumentException(
              "rope_type = %s is not supported; default, linear and llama3 are".formatted(type));
    };
  }

  /// Of a GGUF file.
  static RopeScaling read(GgufFields f, Map<String, HostTensor> tensors, int headWidth) {
    String type = f.text("rope.scaling.type", "none");
    HostTensor divisors = tensors.get(TENSOR);
    if (divisors != null) {
      if (divisors.shape().length != 1 || divisors.size() != headWidth / 2) {
        throw new IllegalArgumentException(
            "«%s» is %s, and heads of %d want [%d]"
                .formatted(TENSOR, divisors, headWidth, headWidth / 2));
      }
      var values = new ArrayList<Float>();
      for (float value : divisors.toFloats()) {
        values.add(value);
      }
      if (type.equals("none")) {
        return new Divisors(values);
      }
      throw new IllegalArgumentException(
          "%s.rope.scaling.type = %s and «%s» together are not supported"
              .formatted(f.architecture(), type, TENSOR));
    }
    return switch (type) {
      case "none" -> new None();
      case "linear" -> new Linear(f.real("rope.scaling.factor", 1, 10_000));
      default ->
          throw new IllegalArgumentException(
              "%s.rope.scaling.type = %s is not supported; none and linear are, and «%s»"
                  .formatted(f.architecture(), type, TENSOR));
    };
  }
}
