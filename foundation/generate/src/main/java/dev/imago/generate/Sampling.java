package dev.imago.generate;

import java.util.List;

/// How the next token is chosen, and when to end. Applied in the order of transformers and
/// llama.cpp: penalties, temperature, top-k, top-p.
///
/// @param maxTokens the most to generate, at least 1
/// @param temperature 0 takes the likeliest token; 1 samples as the model says
/// @param topP the smallest set of likeliest tokens of at least this probability; 1 for all
/// @param topK this many likeliest tokens; 0 for all
/// @param repetitionPenalty divides (or, below 0, multiplies) the scores of tokens of the prompt
///   and of the answer so far; 1 for none. Keskar et al. 2019, arXiv:1909.05858
/// @param presencePenalty is taken off the scores of tokens of the answer so far, as OpenAI does
/// @param frequencyPenalty likewise, times their count
/// @param seed of this request's randomness: the same request gives the same answer
/// @param stop texts that end the answer, and are no part of it
public record Sampling(
    int maxTokens,
    float temperature,
    float topP,
    int topK,
    float repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    long seed,
    List<String> stop) {
  public Sampling {
    stop = List.copyOf(stop);
    within("maxTokens", maxTokens, 1, Integer.MAX_VALUE);
    within("temperature", temperature, 0, 100);
    within("topK", topK, 0, Integer.MAX_VALUE);
    within("presencePenalty", presencePenalty, -100, 100);
    within("frequencyPenalty", frequencyPenalty, -100, 100);
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP = " + topP + " is not above 0 and at most 1");
    }
    if (!(repetitionPenalty > 0 && repetitionPenalty <= 100)) {
      throw new IllegalArgumentException(
          "repetitionPenalty = " + repetitionPenalty + " is not above 0 and at most 100");
    }
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("an empty stop text would end every answer at once");
    }
  }

  private static void within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s = %s is not in %s … %s".formatted(name, value, least, most));
    }
  }

  /// The likeliest token every time.
  public static Sampling greedy(int maxTokens) {
    return new Sampling(maxTokens, 0, 1, 0, 1, 0, 0, 0, List.of());
  }

  /// By temperature and top-p.
  public static Sampling of(int maxTokens, float temperature, float topP, long seed) {
    return new Sampling(maxTokens, temperature, topP, 0, 1, 0, 0, seed, List.of());
  }

  /// The same, ended by these texts too.
  public Sampling withStop(List<String> stop) {
    return new Sampling(
        maxTokens,
        temperature,
        topP,
        topK,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        seed,
        stop);
  }
}
