package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.imago.model.Architectures;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.SeveralTasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A task on the body of another learns as it would alone.
final class TaskHeadsTest {
  private static final Specials NONE = new Specials(0, List.of(0));
  private static final Output CLASSES = new Output.Classes(List.of("a", "b", "c"));
  private static final Output TAGS = new Output.Tags(List.of("O", "X"));
  private static final int LENGTH = 6;

  @TempDir Path folder;

  private TrainableModel joint(Path base, Output first, Output second) throws Exception {
    return joint(base, NewTokens.NONE, first, second);
  }

  private TrainableModel joint(Path base, NewTokens tokens, Output first, Output second)
      throws Exception {
    var heads = new LinkedHashMap<String, Output>();
    heads.put("other", second);
    return TrainableModel.read(
        base,
        s -> s.withOutput(first),
        new Additions(tokens, heads),
        new Tuning.All(),
        ParameterGroups.NONE,
        3,
        Parallelism.ofThreads(1),
        Precision.F32);
  }

  private static Batch batch(Output output) {
    Random random = new Random(7);
    int[] ids = random.ints(4 * LENGTH, 1, 64).toArray();
    int rows = output.ofSequences() ? 4 : ids.length;
    return Batch.of(4, LENGTH, ids, random.ints(rows, 0, output.names().size()).toArray());
  }

  private static void step(TrainableModel model, Objective objective, Batch batch)
      throws Exception {
    model.replicas().clear();
    double _ = model.accumulate(objective, batch, 1.0 / objective.count(batch));
    model.replicas().update(1, 1e-2, new AdamW(0.9, 0.95, 1e-8, 0, 0));
  }

  private Path written(TrainableModel model, String name) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    model.write(to, NONE);
    return to;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "llama"})
  void aStepOfATaskIsThatOfItsModelAlone(String architecture) throws Exception {
    Path base;
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth(architecture, 1, 64, 16), 5, 1, Precision.F32)) {
      base = written(model, "base");
    }
    Batch batch = batch(TAGS);
    try (var joint = joint(base, CLASSES, TAGS)) {
      TrainableModel other = joint.task("other");
      var several =
          new SeveralTasks(
              List.of(
                  joint.learning(Objective.LIKELIHOOD, 1),
                  other.learning(Objective.LIKELIHOOD, 1)));
      Path before = written(other, "before");
      Path first = written(joint, "first");
      try (var alone = TrainableModel.read(before, 1, Precision.F32)) {
        assertEquals(alone.loss(batch), other.loss(batch), 1e-5);
        assertEquals(alone.loss(batch), joint.value(several, batch.ofTask(1)), 1e-5);
        step(joint, several, batch.ofTask(1));
        step(alone, Objective.LIKELIHOOD, batch);
        compare(written(alone, "alone"), written(other, "after"), first, written(joint, "then"));
      }
    }
  }

  /// The two learned the same; of the first task's model the body did, and its last layer nothing.
  private static void compare(Path alone, Path other, Path first, Path then) throws Exception {
    try (ModelFolder a = ModelFolder.open(alone);
        ModelFolder b = ModelFolder.open(other);
        ModelFolder c = ModelFolder.open(first);
        ModelFolder d = ModelFolder.open(then)) {
      for (Parameter p : a.shape().parameters()) {
        assertArrayEquals(
            a.tensors().get(p).toFloats(), b.tensors().get(p).toFloats(), 1e-5f, p.name());
      }
      for (Parameter p : c.shape().parameters()) {
        boolean last = p.name().startsWith("classifier") || p.name().startsWith("score");
        boolean same = Arrays.equals(c.tensors().get(p).toFloats(), d.tensors().get(p).toFloats());
        if (last) {
          assertEquals(true, same, p.name());
        } else if (p.name().contains("layers.0.mlp") || p.name().contains("0.output.dense")) {
          assertFalse(same, p.name());
        }
      }
    }
  }

  @Test
  void aFurtherTaskThatWritesKeepsTheFilesLastLayerWhereTokensAreAdded() throws Exception {
    String tied = Architectures.ofDepth("llama", 1, 64, 16).configJson(NONE);
    ModelShape shape =
        Architectures.read(tied.replaceFirst("(\"tie_word_embeddings\"\\s*:\\s*)true", "$1false"));
    Path base;
    try (var model = TrainableModel.random(shape, 5, 1, Precision.F32)) {
      base = written(model, "base");
    }
    var tokens = new NewTokens(64, Map.of(64, List.of(5)));
    try (var joint = joint(base, tokens, CLASSES, shape.output());
        ModelFolder before = ModelFolder.open(base);
        ModelFolder after = ModelFolder.open(written(joint.task("other"), "after"))) {
      float[] was = last(before);
      float[] is = last(after);
      assertEquals(65, after.shape().vocabularySize());
      assertArrayEquals(was, Arrays.copyOf(is, was.length));
      int width = shape.width();
      assertArrayEquals(
          Arrays.copyOfRange(was, 5 * width, 6 * width),
          Arrays.copyOfRange(is, 64 * width, 65 * width));
    }
  }

  private static float[] last(ModelFolder model) {
    Parameter last =
        model.shape().parameters().stream()
            .filter(p -> p.name().startsWith("lm_head"))
            .findFirst()
            .orElseThrow();
    assertFalse(last.tied());
    return model.tensors().get(last).toFloats();
  }

  @Test
  void tasksOfTheSameLabelsHaveALastLayerEach() throws Exception {
    Path base;
    try (var model =
        TrainableModel.random(Architectures.ofDepth("bert", 1, 64, 16), 5, 1, Precision.F32)) {
      base = written(model, "base");
    }
    try (var joint = joint(base, TAGS, TAGS)) {
      Batch batch = batch(TAGS);
      assertFalse(
          Arrays.equals(joint.logits(batch), joint.task("other").logits(batch)),
          "one last layer is both tasks'");
    }
  }
}
