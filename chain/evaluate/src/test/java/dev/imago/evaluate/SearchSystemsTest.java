package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.metrics.Bootstrap;
import dev.imago.model.Architectures;
import dev.imago.model.ModelInput;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.model.Specials;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.embedding.EmbeddingTask;
import dev.imago.tasks.reranking.RerankingTask;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model that knows which German number belongs to which English one, which words do not tell.
class SearchSystemsTest {
  private static final List<String> GERMAN = List.of("eins", "zwei", "drei", "vier");
  private static final List<String> ENGLISH = List.of("one", "two", "three", "four");

  @TempDir Path folder;
  private Tokenizer tokenizer;
  private float length = 2;

  @BeforeEach
  void trainTokenizer() throws Exception {
    tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of("eins zwei drei vier one two three four").iterator(),
            TrainingProgress.NONE);
  }

  private static int number(String text) {
    int german = GERMAN.indexOf(text);
    return german < 0 ? ENGLISH.indexOf(text) : german;
  }

  /// A vector that points to the text's number; or 1 where a query and a text are of one number.
  private float[] told(ModelInput input, boolean vectors) {
    String text = tokenizer.decode(input.ids());
    if (vectors) {
      float[] vector = new float[4];
      vector[Math.max(0, number(text))] = length;
      return vector;
    }
    for (int i = 0; i < GERMAN.size(); i++) {
      if (text.startsWith(GERMAN.get(i))) {
        return new float[] {text.endsWith(ENGLISH.get(i)) ? 1 : -1};
      }
    }
    return new float[] {-1};
  }

  private LabelModel model(boolean vectors) {
    return new LabelModel() {
      @Override
      public Tokenizer tokenizer() {
        return tokenizer;
      }

      @Override
      public int context() {
        return 32;
      }

      @Override
      public List<float[][]> scores(List<ModelInput> inputs) {
        return inputs.stream().map(input -> new float[][] {told(input, vectors)}).toList();
      }

      @Override
      public Readout readout() {
        return Readout.PLAIN;
      }

      @Override
      public void close() {}
    };
  }

  private Evaluate.Inputs inputs(Task task) throws Exception {
    Path rows = Files.createDirectories(folder.resolve("labels"));
    var examples = new ArrayList<Example>();
    for (int i = 0; i < GERMAN.size(); i++) {
      examples.add(new Example("e#" + i, GERMAN.get(i), ENGLISH.get(i), "e"));
    }
    Examples.write(rows, Split.HELDOUT, examples);
    Examples.write(rows, Split.TRAIN, List.of(new Example("t", "fünf", "five", "t")));
    Tasks.write(rows, task);
    Path weights = Files.createDirectories(folder.resolve("weights"));
    ModelShape shape = Architectures.ofDepth("bert", 1, 300, 32).withOutput(task.output());
    Files.writeString(
        weights.resolve("config.json"), shape.configJson(new Specials(0, List.of(0))));
    return new Evaluate.Inputs(
        Optional.empty(),
        List.of(),
        List.of(new Weights(new Ref("weights", "0".repeat(64)), weights)),
        Optional.empty(),
        Optional.empty(),
        List.of(new Labels(new Ref("labels", "0".repeat(64)), rows)),
        List.of());
  }

  private static double value(Report report, String name) {
    return report.find(name).orElseThrow().value();
  }

  private Report measured(Task task, boolean vectors) throws Exception {
    var report = new Report(new Bootstrap(100, 0.95, 1));
    var systems =
        new SearchSystems(inputs(task), Evaluate.Config.defaults(), (_, _) -> model(vectors));
    List<String> samples = systems.measure(report, new FakeRun(folder.resolve("run"), 1));
    assertTrue(samples.getFirst().contains("\"tuned\":\"one\""), samples.toString());
    return report;
  }

  @Test
  void vectorsAreSearchedAmongAllTexts() throws Exception {
    Report report = measured(new EmbeddingTask(), true);
    assertEquals(100, value(report, "ndcg@10.tuned"), 1e-9);
    assertEquals(100, value(report, "recall@1.tuned"), 1e-9);
    // No word is shared, so that the texts stand as they came.
    assertEquals(25, value(report, "recall@1.tf-idf"), 1e-9);
    assertTrue(value(report, "mrr@10.tf-idf") < 60);
  }

  @Test
  void aModelOfBrokenWeightsFindsNothing() {
    length = Float.NaN;
    var e = assertThrows(InputException.class, () -> measured(new EmbeddingTask(), true));
    assertTrue(e.getMessage().startsWith("tuned cannot be measured: score 1 is NaN"), "" + e);
  }

  @Test
  void whatIsFoundIsPutInOrder() throws Exception {
    assertTrue(
        new RerankingTask().output() instanceof Output.Classes classes && classes.scores() == 1);
    Report report = measured(new RerankingTask(), false);
    assertEquals(100, value(report, "ndcg@10.tuned"), 1e-9);
    assertEquals(25, value(report, "recall@1.tf-idf"), 1e-9);
  }
}
