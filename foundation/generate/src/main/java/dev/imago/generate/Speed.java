package dev.imago.generate;

import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// How fast a model answers one request at a time, as llama.cpp's `llama-bench` measures it.
///
/// @param prefill tokens of a prompt a second
/// @param decode tokens of an answer a second, after that prompt
public record Speed(double prefill, double decode) {
  /// How long a model runs before it is measured: the compiler takes a while for the kernels of a
  /// type, and a small model without it decodes at a fifth of its speed.
  private static final long WARM_NANOS = 500_000_000L;

  /// The architectures and formats whose kernels are compiled: that is the process's, not a
  /// model's.
  private static final Set<String> WARM = ConcurrentHashMap.newKeySet();

  /// Runs a prompt of any ids and goes on greedily, past any id that would end an answer: for a
  /// while, where it is the first of its architecture and format, and then three times, of which
  /// the fastest counts.
  ///
  /// @param promptTokens at least 1, with `newTokens` within the model's context
  /// @param newTokens at least 1
  public static Speed measure(LanguageModel model, int promptTokens, int newTokens) {
    String kernels = model.config().architecture() + " " + model.format();
    long start = System.nanoTime();
    while (!WARM.contains(kernels)) {
      once(model, promptTokens, newTokens);
      if (System.nanoTime() - start >= WARM_NANOS) {
        WARM.add(kernels);
      }
    }
    var best = new Speed(0, 0);
    for (int i = 0; i < 3; i++) {
      Speed speed = once(model, promptTokens, newTokens);
      best = new Speed(Math.max(best.prefill, speed.prefill), Math.max(best.decode, speed.decode));
    }
    return best;
  }

  private static Speed once(LanguageModel model, int promptTokens, int newTokens) {
    int[] prompt = new int[promptTokens];
    for (int i = 0; i < promptTokens; i++) {
      prompt[i] = (int) (i * 7919L % model.config().vocabularySize());
    }
    try (var cache = model.cache(promptTokens + newTokens)) {
      return once(model, prompt, newTokens, cache);
    }
  }

  private static Speed once(LanguageModel model, int[] prompt, int newTokens, KeyValues cache) {
    int promptTokens = prompt.length;
    long start = System.nanoTime();
    CpuActivation scores = null;
    int window = 128;
    for (int from = 0; from < promptTokens; from += window) {
      int to = Math.min(promptTokens, from + window);
      int[] ids = java.util.Arrays.copyOfRange(prompt, from, to);
      scores = model.step(ForwardBatch.of(cache, ids), ids.length - 1);
    }
    if (scores == null) {
      throw new IllegalArgumentException("promptTokens = " + promptTokens + " is below 1");
    }
    long middle = System.nanoTime();
    for (int i = 0; i < newTokens; i++) {
      scores = model.step(ForwardBatch.of(cache, Sampler.likeliest(scores.data())), 0);
    }
    long end = System.nanoTime();
    return new Speed(
        promptTokens * 1e9 / Math.max(1, middle - start),
        newTokens * 1e9 / Math.max(1, end - middle));
  }
}
