package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.Arrays;
import java.util.function.Consumer;

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
  /// @param type of keys and values
  /// @param tokens 1 … context
  /// @param runs at least 1
  /// @throws IllegalArgumentException naming the longest that fits the model
  public static Throughput ofPrompt(LanguageModel model, CacheType type, int tokens, int runs) {
    check(model, type, tokens, runs);
    return measured(type, tokens, runs, blocks -> prompt(model, blocks, tokens));
  }

  /// Of an answer, token after token.
  ///
  /// @param type of keys and values
  /// @param tokens 1 … context
  /// @param runs at least 1
  /// @throws IllegalArgumentException naming the longest that fits the model
  public static Throughput ofAnswer(LanguageModel model, CacheType type, int tokens, int runs) {
    check(model, type, tokens, runs);
    return measured(type, tokens, runs, blocks -> answer(model, blocks, tokens));
  }

  private static void check(LanguageModel model, CacheType type, int tokens, int runs) {
    type.check(model.config().keyHeadWidth());
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

  private static Throughput measured(
      CacheType type, int tokens, int runs, Consumer<CacheBlocks> run) {
    long[] nanos = new long[runs];
    try (var blocks = new CacheBlocks(type)) {
      long begun = System.nanoTime();
      do {
        run.accept(blocks);
      } while (System.nanoTime() - begun < WARM_NANOS);
      for (int i = 0; i < runs; i++) {
        long start = System.nanoTime();
        run.accept(blocks);
        nanos[i] = Math.max(1, System.nanoTime() - start);
      }
    }
    return new Throughput(tokens, nanos);
  }

  private static void prompt(LanguageModel model, CacheBlocks blocks, int tokens) {
    int[] ids = new int[tokens];
    Arrays.setAll(ids, i -> (int) (i * 7919L % model.config().vocabularySize()));
    try (KeyValues cache = model.cache(ids, 0, blocks)) {
      for (int from = 0; from < tokens; from += BATCH) {
        int[] some = Arrays.copyOfRange(ids, from, Math.min(tokens, from + BATCH));
        model.step(ForwardBatch.of(cache, some), some.length - 1);
      }
    }
  }

  private static void answer(LanguageModel model, CacheBlocks blocks, int tokens) {
    int id = model.endOfText();
    int[] row = {0};
    float[][] scores = new float[1][];
    try (KeyValues cache = model.cache(new int[0], tokens, blocks)) {
      for (int i = 0; i < tokens; i++) {
        model.step(ForwardBatch.of(cache, id), row, scores);
        id = Sampler.likeliest(scores[0]);
      }
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
