package dev.imago.generate;

import java.util.List;

/// How the next token is chosen, and when to end. Applied in the order of transformers: bias;
/// repetition, then frequency and presence, then DRY; what may not be chosen here; temperature;
/// then what [SamplingTruncation] cuts off.
///
/// @param temperature 0 takes the likeliest token; 1 samples as the model says
/// @param seed of this request's randomness: the same request gives the same answer
public record Sampling(
    float temperature,
    SamplingTruncation truncation,
    Penalties penalties,
    long seed,
    Ending ending) {

  public Sampling {
    SamplingBounds.within("temperature", temperature, 0, 100);
  }

  /// The likeliest token every time.
  public static Sampling greedy(int maxTokens) {
    return of(maxTokens, 0, 1, 0);
  }

  /// By temperature and top-p.
  public static Sampling of(int maxTokens, float temperature, float topP, long seed) {
    return new Sampling(
        temperature,
        SamplingTruncation.NONE.withTopP(topP),
        Penalties.NONE,
        seed,
        Ending.after(maxTokens));
  }

  /// The same, ended by these texts too.
  public Sampling withStop(List<String> stop) {
    return new Sampling(temperature, truncation, penalties, seed, ending.withStop(stop));
  }
}
