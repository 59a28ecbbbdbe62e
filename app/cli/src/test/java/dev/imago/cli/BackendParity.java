package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// One definition, two backends: a model that was really trained gives the same greedy ids on
/// libtorch, which trained it, and on the runtime that evaluates and serves it.
abstract class BackendParity {
  private static Path tuned;
  private static Path f16;

  @BeforeAll
  static void trained() throws Exception {
    Path workspace = Tiny.chain();
    for (var record : new dev.imago.core.Workspace(workspace).runRecords()) {
      String weights = record.outputs().get("tuned");
      String halves = record.outputs().get("f16");
      tuned = weights == null ? tuned : workspace.resolve("artifacts").resolve(weights);
      f16 = halves == null ? f16 : workspace.resolve("artifacts").resolve(halves);
    }
  }

  private static List<int[]> prompts(LanguageModel model) {
    return List.of(
            "public final class",
            "/// What one link leaves on disk",
            "import java.util.List;\n",
            "String name() {",
            "return new ",
            "中文 and é")
        .stream()
        .map(model.tokenizer()::encode)
        .toList();
  }

  private static int[] greedy(Engine engine, int[] prompt, int count) {
    var ids = new ArrayList<Integer>();
    try (var generation = engine.submit(new Request(prompt, Sampling.greedy(count)))) {
      while (generation.hasNext()) {
        if (generation.next() instanceof Event.Token token) {
          ids.add(token.id());
        }
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void libtorchAndTheRuntimeChooseTheSameIds() throws Exception {
    try (var model = LanguageModel.open(tuned, 2);
        var engine = new Engine(model, 4, 64);
        var torch = TrainableModel.read(tuned, 1, Precision.F32)) {
      int vocabulary = model.tokenizer().vocabularySize();
      for (int[] prompt : prompts(model)) {
        int[] served = greedy(engine, prompt, 24);
        int[] ids = prompt;
        for (int id : served) {
          Batch batch = Batch.of(1, ids.length, ids, new int[ids.length]);
          float[] logits = torch.logits(batch);
          int from = (ids.length - 1) * vocabulary;
          int best = 0;
          for (int v = 1; v < vocabulary; v++) {
            best = logits[from + v] > logits[from + best] ? v : best;
          }
          assertEquals(best, id, "after " + Arrays.toString(ids));
          ids = Arrays.copyOf(ids, ids.length + 1);
          ids[ids.length - 1] = id;
        }
      }
    }
  }

  @Test
  void theServersFileAndTheEvaluatedFolderScoreAlike() throws Exception {
    try (var folderModel = LanguageModel.open(tuned, 2);
        var file = LanguageModel.open(f16, 2)) {
      int[] text =
          file.tokenizer()
              .encode(Files.readString(Path.of(System.getProperty("imago.root"), "pom.xml")));
      int[] window = Arrays.copyOf(text, 60);
      assertArrayEquals(folderModel.logProbabilities(window), file.logProbabilities(window), 2e-2f);
    }
  }
}
