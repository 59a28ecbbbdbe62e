package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.Operations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PredictorTest {
  @TempDir Path folder;

  private static final int[] FIRST = {5, 80, 120, 33, 260};
  private static final int[] SECOND = {7, 90};

  private Predictor open(String architecture, Output output) throws IOException {
    ModelShape shape = Architectures.ofDepth(architecture, 2, 320, 16).withOutput(output);
    return Predictor.open(RandomModelFolder.write(folder, shape, 3, true), 2);
  }

  @ParameterizedTest
  @CsvSource({
    "bert",
    "llama",
    "gemma3_text",
    "gpt2",
    "t5",
    "lstm",
    "gru",
    "gated_convolution",
    "neural_probabilistic"
  })
  void a_text_gets_a_class_and_each_token_a_tag_alone_as_beside_others(String architecture)
      throws IOException {
    try (Predictor classes = open(architecture, new Output.Classes(List.of("a", "b", "c")))) {
      assertEquals(List.of("a", "b", "c"), classes.shape().output().names());
      List<float[][]> both = classes.scores(List.of(FIRST, SECOND));
      assertEquals(1, both.get(0).length);
      assertEquals(3, both.get(1)[0].length);
      assertArrayEquals(both.get(1), classes.scores(List.of(SECOND)).getFirst());
    }
    try (Predictor tags = open(architecture, new Output.Tags(List.of("O", "X")))) {
      List<float[][]> both = tags.scores(List.of(FIRST, SECOND));
      assertEquals(5, both.get(0).length);
      assertEquals(2, both.get(1)[1].length);
      assertArrayEquals(both.get(0), tags.scores(List.of(FIRST)).getFirst());
      assertTrue(tags.scores(List.of()).isEmpty());
      assertThrows(IllegalArgumentException.class, () -> tags.scores(List.of(new int[0])));
      assertThrows(IllegalArgumentException.class, () -> tags.scores(List.of(new int[17])));
    }
  }

  @Test
  void a_model_is_opened_as_what_its_last_layer_tells() throws IOException {
    ModelShape shape = Architectures.ofDepth("llama", 2, 320, 16);
    RandomModelFolder.write(
        folder, shape.withOutput(new Output.Classes(List.of("a", "b"))), 3, true);
    try (OpenedModel model = OpenedModel.open(folder, 1)) {
      assertEquals(
          2, assertInstanceOf(Predictor.class, model).scores(List.of(FIRST)).getFirst()[0].length);
    }
    RandomModelFolder.write(folder, shape, 3, true);
    try (OpenedModel model = OpenedModel.open(folder, 1)) {
      assertInstanceOf(LanguageModel.class, model);
    }
    shape = Architectures.ofDepth("bert", 2, 320, 16).withOutput(new Output.MaskedToken());
    RandomModelFolder.write(folder, shape, 3, true);
    String refused =
        assertThrows(IllegalArgumentException.class, () -> OpenedModel.open(folder, 1)).toString();
    assertTrue(refused.contains("does not continue text"), refused);
    Path none = Files.createDirectory(folder.resolve("none"));
    refused = assertThrows(NoSuchFileException.class, () -> OpenedModel.open(none, 1)).toString();
    assertTrue(refused.contains("neither model.gguf nor model.safetensors"), refused);
    assertThrows(NoSuchFileException.class, () -> Predictor.tells(none));
  }

  @ParameterizedTest
  @CsvSource({
    "bert,FIRST",
    "bert,MEAN",
    "llama,LAST",
    "llama,MEAN",
    "gpt2,LAST",
    "t5,MEAN",
    "lstm,LAST",
    "gated_convolution,MEAN",
    "neural_probabilistic,MEAN"
  })
  void a_text_gets_a_vector_alone_as_beside_others(String architecture, Operations.Pooling pooling)
      throws IOException {
    try (Predictor vectors = open(architecture, new Output.Embedding(pooling))) {
      List<float[][]> both = vectors.scores(List.of(FIRST, SECOND));
      assertEquals(1, both.get(0).length);
      assertEquals(vectors.shape().width(), both.get(1)[0].length);
      assertArrayEquals(both.get(1), vectors.scores(List.of(SECOND)).getFirst());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bert",
    "llama",
    "gemma3_text",
    "gpt2",
    "t5",
    "lstm",
    "gated_convolution",
    "neural_probabilistic"
  })
  void each_token_may_begin_or_end_an_answer_or_hang_on_another(String architecture)
      throws IOException {
    try (Predictor spans = open(architecture, new Output.Span())) {
      List<float[][]> both = spans.scores(List.of(FIRST, SECOND));
      assertEquals(5, both.getFirst().length);
      assertEquals(2, both.getFirst()[0].length);
      assertArrayEquals(both.get(1), spans.scores(List.of(SECOND)).getFirst());
    }
    try (Predictor parser =
        open(architecture, new Output.Dependencies(List.of("det", "root", "obj"), 6, 4))) {
      List<float[][]> both = parser.scores(List.of(FIRST, SECOND));
      assertEquals(20, both.getFirst()[4].length);
      assertArrayEquals(both.get(1), parser.scores(List.of(SECOND)).getFirst());
      assertEquals(10, parser.readout().biaffine().orElseThrow().root().length);
    }
    try (Predictor tags = open(architecture, new Output.Tags(List.of("O", "X"), true))) {
      assertEquals(2, tags.readout().transitions().orElseThrow().start().length);
    }
  }

  @Test
  void what_sees_both_sides_is_not_asked_to_go_on() throws IOException {
    open("bert", new Output.MaskedToken()).close();
    String message =
        assertThrows(IllegalArgumentException.class, () -> LanguageModel.open(folder, 1))
            .toString();
    assertTrue(message.contains("a bert with a head for masked tokens does not continue"), message);
  }

  @ParameterizedTest
  @CsvSource({"gpt2", "lstm"})
  void other_architectures_continue_text_too(String architecture) throws IOException {
    ModelShape shape = Architectures.ofDepth(architecture, 2, 320, 64);
    RandomModelFolder.write(folder, shape, 3, false);
    try (LanguageModel model = LanguageModel.open(folder, 1);
        Engine engine = new Engine(model, 2, 40)) {
      int tokens = 0;
      try (var generation = engine.submit(new Request(FIRST, Sampling.greedy(12)))) {
        while (generation.hasNext()) {
          tokens += generation.next() instanceof Event.Token ? 1 : 0;
        }
      }
      assertEquals(12, tokens);
      assertEquals(FIRST.length - 1, model.logProbabilities(FIRST).length);
    }
  }
}
