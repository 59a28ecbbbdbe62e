package dev.imago.generate;

import java.util.Map;

/// What is done to the scores of some tokens before one is chosen.
///
/// @param repetition 0.01 … 10: divides (or, below 0, multiplies) the scores of all tokens of the
///   prompt and of the answer so far; 1 for none. This is the penalty of transformers and vLLM,
///   Keskar et al. 2019, arXiv:1909.05858; llama.cpp's `repeat_penalty` looks at the last 64 tokens
///   only
/// @param presence is taken off the scores of tokens of the answer so far, as OpenAI does
/// @param frequency likewise, times their count
/// @param bias added to the scores of these tokens first: OpenAI's `logit_bias`
/// @param dry is taken off last, for what would repeat a whole stretch
public record Penalties(
    float repetition, float presence, float frequency, Map<Integer, Float> bias, Dry dry) {
  public static final Penalties NONE = new Penalties(1, 0, 0, Map.of());

  /// Without a penalty for repeated stretches.
  public Penalties(float repetition, float presence, float frequency, Map<Integer, Float> bias) {
    this(repetition, presence, frequency, bias, Dry.NONE);
  }

  public Penalties {
    SamplingBounds.within("repetitionPenalty", repetition, 0.01f, 10);
    SamplingBounds.within("presencePenalty", presence, -100, 100);
    SamplingBounds.within("frequencyPenalty", frequency, -100, 100);
    bias = Map.copyOf(bias);
    bias.values().forEach(b -> SamplingBounds.within("bias", b, -1000, 1000));
  }
}
