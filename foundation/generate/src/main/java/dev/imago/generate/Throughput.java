package dev.imago.generate;

import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.Arrays;

/// How long a model took for the same tokens again and again, as llama.cpp's `llama-bench` measures
/// it: a prompt of any ids, or an answer from nothing, after runs that do not count.
///
/// @param tokens of each run
/// @param nanos of each run
public record Throughput(int tokens, long[] nanos) {
  /// Tokens of a prompt that go through the model together: what the engine takes in a step.
  public static final int BATCH = 128;

  /// How long runs do not count: the compiler takes a while for the kernels of a type.
  private static final long WARM_NANOS = 1_500_000_000L;

  public Throughput {
    nanos = nanos.clone();
  }

  @Override
  public long[] nanos() {
    return nanos.clone();
  }

  /// Of a prompt.
  ///
  /// @param tokens 1 … context
  /// @param runs at least 1
  /// @throws IllegalArgumentException naming the longest that fits the model
  public static Throughput ofPrompt(LanguageModel model, int tokens, int runs) {
    check(model, tokens, runs);
    return measured(tokens, runs, () -> prompt(model, tokens));
  }

  /// Of an answer, token after token.
  ///
  /// @param tokens 1 … context
  /// @param runs at least 1
  /// @throws IllegalArgumentException naming the longest that fits the model
  public static Throughput ofAnswer(LanguageModel model, int tokens, int runs) {
    check(model, tokens, runs);
    return measured(tokens, runs, () -> answer(model, tokens));
  }

  private static void check(LanguageModel model, int tokens, int runs) {
    SamplingBounds.within("runs", runs, 1, 1000);
    if (model.config().decoderStart().isPresent()) {
      throw new IllegalArgumentException(
          "a %s reads its prompt by an encoder, and is not measured this way"
              .formatted(model.config().architecture()));
    }
    int context = model.config().context();
    if (tokens < 1 || tokens > context) {
      throw new IllegalArgumentException(
          "%d tokens are not 1 … %d, the longest that the model reads".formatted(tokens, context));
    }
  }

  private static Throughput measured(int tokens, int runs, Runnable run) {
    long begun = System.nanoTime();
    do {
      run.run();
    } while (System.nanoTime() - begun < WARM_NANOS);
    long[] nanos = new long[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      run.run();
      nanos[i] = Math.max(1, System.nanoTime() - start);
    }
    return new Throughput(tokens, nanos);
  }

  private static void prompt(LanguageModel model, int tokens) {
    int[] ids = new int[tokens];
    Arrays.setAll(ids, i -> (int) (i * 7919L % model.config().vocabularySize()));
    KeyValues cache = model.cache(tokens);
    for (int from = 0; from < tokens; from += BATCH) {
      int[] some = Arrays.copyOfRange(ids, from, Math.min(tokens, from + BATCH));
      model.step(ForwardBatch.of(cache, some), some.length - 1);
    }
  }

  private static void answer(LanguageModel model, int tokens) {
    KeyValues cache = model.cache(tokens);
    int id = model.endOfText();
    for (int i = 0; i < tokens; i++) {
      CpuActivation scores = model.step(ForwardBatch.of(cache, id), 0);
      id = Sampler.likeliest(scores.data());
    }
  }

  /// The mean of the runs, in nanoseconds.
  public long meanNanos() {
    return Math.round(Arrays.stream(nanos).average().orElse(0));
  }

  /// The runs' standard deviation, in nanoseconds; 0 of one run.
  public long deviationNanos() {
    return Math.round(deviation(Arrays.stream(nanos).mapToDouble(n -> n).toArray()));
  }

  /// Tokens a second of each run.
  public double[] rates() {
    return Arrays.stream(nanos).mapToDouble(n -> tokens * 1e9 / n).toArray();
  }

  /// The mean of the runs' tokens a second.
  public double meanRate() {
    return Arrays.stream(rates()).average().orElse(0);
  }

  /// Their standard deviation; 0 of one run.
  public double deviationRate() {
    return deviation(rates());
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Throughput t && tokens == t.tokens && Arrays.equals(nanos, t.nanos);
  }

  @Override
  public int hashCode() {
    return 31 * tokens + Arrays.hashCode(nanos);
  }
}
