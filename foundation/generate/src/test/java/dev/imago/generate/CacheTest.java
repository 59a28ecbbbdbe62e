package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.tensor.ForwardBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every model that continues text says the same with what it keeps of the tokens before as
/// without.
final class CacheTest {
  private static final String COMMON =
      """
      {"model_type": "%s", "vocab_size": 320, "hidden_size": 64, "num_hidden_layers": 3,
       "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "intermediate_size": 96,
       "max_position_embeddings": 96 %s}
      """;

  @TempDir Path folder;

  /// A name for the test and the shape.
  private record Decoder(String name, ModelShape shape) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Decoder of(String type, String more) {
    return new Decoder(type + more, Architectures.read(COMMON.formatted(type, more)));
  }

  static Stream<Decoder> decoders() {
    return Stream.of(
        of("llama", ""),
        of("llama", ", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4}"),
        of("mistral", ", \"sliding_window\": 5"),
        of(
            "qwen2",
            ", \"use_sliding_window\": true, \"sliding_window\": 7, \"max_window_layers\": 1"),
        of("qwen3", ""),
        of("phi3", ", \"sliding_window\": 6, \"partial_rotary_factor\": 0.5"),
        of("gemma3_text", ", \"sliding_window\": 5, \"sliding_window_pattern\": 2"),
        new Decoder("gpt2", Architectures.ofDepth("gpt2", 2, 320, 96)),
        new Decoder("t5", Architectures.ofDepth("t5", 2, 320, 96)),
        new Decoder("lstm", Architectures.ofDepth("lstm", 2, 320, 96)),
        new Decoder("gru", Architectures.ofDepth("gru", 2, 320, 96)),
        new Decoder("rnn", Architectures.ofDepth("rnn", 2, 320, 96)),
        new Decoder("convolution", Architectures.ofDepth("gated_convolution", 2, 320, 96)),
        new Decoder("neural", Architectures.ofDepth("neural_probabilistic", 2, 320, 96)));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void greedy_ids_are_those_of_reading_it_all_again(Decoder decoder) throws Exception {
    RandomModelFolder.write(folder, decoder.shape, 5, false);
    int[] prompt = {5, 80, 120, 33, 260, 9, 14, 77, 203};
    try (LanguageModel model = LanguageModel.open(folder, 1);
        Engine engine = new Engine(model, 2, 90)) {
      List<Integer> kept = new ArrayList<>();
      try (var generation = engine.submit(new Request(prompt, Sampling.greedy(20)))) {
        while (generation.hasNext()) {
          if (generation.next() instanceof Event.Token token) {
            kept.add(token.id());
          }
        }
      }
      assertEquals(again(model, prompt, 20), kept);
    }
  }

  private static List<Integer> again(LanguageModel model, int[] prompt, int count)
      throws IOException {
    int[] begun = model.beginning(prompt);
    int[] ids = begun;
    for (int i = 0; i < count; i++) {
      var cache = model.cache(prompt, count);
      float[] scores = model.step(ForwardBatch.of(cache, ids), ids.length - 1).row(0);
      int best = 0;
      for (int v = 1; v < scores.length; v++) {
        best = scores[v] > scores[best] ? v : best;
      }
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = best;
    }
    return Arrays.stream(ids, begun.length, ids.length).boxed().toList();
  }
}
