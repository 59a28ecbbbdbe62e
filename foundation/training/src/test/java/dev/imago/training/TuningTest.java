package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import dev.imago.torch.Preference;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What trains of a model, and for what.
final class TuningTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0, 1);

  /// At the rate of all weights.
  private static final Tuning LOW_RANK =
      new Tuning.Adapted(
          new AdapterSettings(
              AdapterSettings.Kind.LORA,
              4,
              8,
              false,
              0,
              List.of(),
              AdapterParts.NONE,
              List.of(),
              AdapterSettings.Biases.NONE,
              AdapterSettings.BasePrecision.F32,
              1,
              1,
              0,
              true));

  @TempDir Path folder;

  private Path written(ModelShape shape) throws Exception {
    Path to = Files.createDirectories(folder.resolve("base-" + shape.architecture()));
    try (var model = TrainableModel.random(shape, 5, 1, Precision.F32)) {
      model.write(to, new Specials(0, List.of(0)));
    }
    return to;
  }

  /// 16 sequences of 6 tokens of 1 … 15; a 13 somewhere in half of them, at any place.
  private static int[] ids(Random random) {
    int[] ids = random.ints(16 * 6, 1, 13).toArray();
    for (int s = 0; s < 16; s += 2) {
      ids[s * 6 + random.nextInt(6)] = 13;
    }
    return ids;
  }

  private static double train(TrainableModel model, Batch batch, int steps, double rate)
      throws InterruptedException {
    double first = model.loss(batch) / batch.counted();
    for (int step = 1; step <= steps; step++) {
      model.replicas().clear();
      model.accumulate(batch, 1.0 / batch.counted());
      model.replicas().update(step, rate, ADAMW);
    }
    double last = model.loss(batch) / batch.counted();
    assertTrue(last < first, "%s is not below %s".formatted(last, first));
    return last;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "gpt2",
        "bert",
        "lstm",
        "gru",
        "rnn",
        "gated_convolution",
        "neural_probabilistic"
      })
  void every_architecture_learns_classes_and_tags(String architecture) throws Exception {
    Path base = written(Architectures.ofDepth(architecture, 2, 16, 8));
    int[] ids = ids(new Random(3));
    int[] classes = new int[16];
    int[] tags = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tags[i] = ids[i] == 13 ? 1 : ids[i] % 5 == 0 ? 2 : 0;
      classes[i / 6] |= ids[i] == 13 ? 1 : 0;
    }
    int[] none = new int[0];
    try (var model = read(base, new Output.Classes(List.of("without", "with")), new Tuning.All())) {
      assertTrue(train(model, Batch.of(16, 6, ids, classes), 80, 2e-3) < 0.1);
    }
    try (var model = read(base, new Output.Tags(List.of("O", "X", "Y")), new Tuning.All())) {
      var batch = Batch.of(16, 6, ids, tags).withLengths(none);
      assertTrue(train(model, batch, 60, 1e-2) < 0.1);
    }
  }

  @Test
  void bert_learns_what_belongs_under_a_mask() throws Exception {
    ModelShape shape = Architectures.ofDepth("bert", 2, 16, 8);
    int[] ids = new int[16 * 6];
    int[] targets = new int[ids.length];
    Random random = new Random(4);
    for (int s = 0; s < 16; s++) {
      int start = random.nextInt(10);
      int masked = random.nextInt(6);
      for (int t = 0; t < 6; t++) {
        ids[s * 6 + t] = t == masked ? 15 : 1 + (start + t) % 10;
        targets[s * 6 + t] = t == masked ? 1 + (start + t) % 10 : Batch.IGNORED;
      }
    }
    try (var model = TrainableModel.random(shape, 5, 2, Precision.F32)) {
      var batch = Batch.of(16, 6, ids, targets);
      assertEquals(16, batch.counted());
      assertEquals(Math.log(16), model.loss(batch) / 16, 0.3);
      assertTrue(train(model, batch, 80, 1e-2) < 0.1);
    }
  }

  private static TrainableModel read(Path base, Output output, Tuning tuning)
      throws InterruptedException {
    return TrainableModel.read(base, s -> s.withOutput(output), tuning, 9, 2, Precision.F32);
  }

  @Test
  void a_fresh_layer_of_labels_begins_at_their_rates_and_a_learned_one_stays() throws Exception {
    Path base = written(Architectures.ofDepth("bert", 2, 16, 8));
    var labels = new Output.Classes(List.of("rare", "common"), Output.Problem.SEVERAL);
    Path after = Files.createDirectories(folder.resolve("after"));
    float[] first = {-3, 1};
    try (var model = read(base, labels, new Tuning.All())) {
      model.beginAt(first);
      model.beginAt(new float[] {5, 5});
      model.write(after, new Specials(0, List.of(0)));
    }
    try (Safetensors file = Safetensors.open(after.resolve("model.safetensors"))) {
      assertArrayEquals(first, file.tensor("classifier.bias").toFloats());
    }
    try (var model = read(after, labels, new Tuning.All())) {
      model.beginAt(new float[] {5, 5});
      model.write(base, new Specials(0, List.of(0)));
    }
    try (Safetensors file = Safetensors.open(base.resolve("model.safetensors"))) {
      assertArrayEquals(first, file.tensor("classifier.bias").toFloats());
    }
  }

  /// Of as many labels: an adapter would freeze a layer that tells others.
  @Test
  void a_layer_of_other_labels_is_not_taken_over() throws Exception {
    Path base = written(Architectures.ofDepth("bert", 2, 16, 8));
    Path after = Files.createDirectories(folder.resolve("after"));
    var first = new Output.Classes(List.of("a", "b"), Output.Problem.SEVERAL);
    try (var model = read(base, first, new Tuning.All())) {
      model.beginAt(new float[] {5, 5});
      model.write(after, new Specials(0, List.of(0)));
    }
    var other = new Output.Classes(List.of("c", "d"), Output.Problem.SEVERAL);
    var tagged = new Output.Tags(List.of("a", "b"));
    for (Output output : List.of(other, tagged)) {
      try (var model = read(after, output, new Tuning.NewOnly())) {
        model.write(base, new Specials(0, List.of(0)));
      }
      try (Safetensors file = Safetensors.open(base.resolve("model.safetensors"))) {
        assertArrayEquals(new float[2], file.tensor("classifier.bias").toFloats(), output.words());
      }
    }
  }

  @Test
  void a_new_classifier_alone_leaves_the_rest_as_it_was() throws Exception {
    Path base = written(Architectures.ofDepth(2, 16, 8));
    Path after = Files.createDirectories(folder.resolve("after"));
    int[] ids = ids(new Random(3));
    try (var model = read(base, new Output.Tags(List.of("O", "X", "Y")), new Tuning.NewOnly())) {
      train(model, Batch.of(16, 6, ids, new int[ids.length]), 5, 1e-2);
      model.write(after, new Specials(0, List.of(0)));
    }
    try (Safetensors before = Safetensors.open(base.resolve("model.safetensors"));
        Safetensors then = Safetensors.open(after.resolve("model.safetensors"))) {
      for (Map.Entry<String, HostTensor> tensor : before.tensors().entrySet()) {
        assertEquals(tensor.getValue(), then.tensor(tensor.getKey()), tensor.getKey());
      }
    }
  }

  @Test
  void low_rank_additions_take_a_part_of_the_memory_and_are_merged_into_what_is_written()
      throws Exception {
    Path base = written(Architectures.ofDepth(4, 64, 16));
    Path after = Files.createDirectories(folder.resolve("after"));
    int[] ids = new Random(2).ints(8 * 16, 1, 64).toArray();
    int[] targets = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      targets[i] = 1 + (ids[i] + 7) % 63;
    }
    Batch batch = Batch.of(8, 16, ids, targets);
    float[] scores;
    try (var whole = TrainableModel.read(base, 2, Precision.F32);
        var low = TrainableModel.read(base, s -> s, LOW_RANK, 1, 2, Precision.F32)) {
      assertArrayEquals(whole.logits(batch), low.logits(batch), 1e-6f);
      // A float for each weight, and on two threads two more for each that trains.
      long weights = whole.config().parameterCount();
      assertEquals(4 * 3 * weights, whole.nativeBytes());
      assertTrue(low.nativeBytes() < 4 * weights * 3 / 2, low.nativeBytes() + " bytes");
      train(low, batch, 30, 1e-2);
      scores = low.logits(batch);
      low.write(after, new Specials(0, List.of(0)));
    }
    try (var merged = TrainableModel.read(after, 1, Precision.F32)) {
      assertArrayEquals(scores, merged.logits(batch), 2e-4f);
    }
  }

  /// Four pairs of answers of 6 tokens, of which the first two are the prompt's.
  private static Batch answers() {
    int[] ids = new Random(6).ints(8 * 6, 1, 16).toArray();
    int[] targets = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      targets[i] = i % 6 < 2 || i % 6 == 5 ? Batch.IGNORED : ids[i + 1];
    }
    return Batch.of(8, 6, ids, targets);
  }

  private static double[] likelihoods(TrainableModel model, Batch answers) {
    float[] losses = model.losses(answers);
    return IntStream.range(0, answers.sequences())
        .mapToDouble(s -> Preference.likelihood(losses, answers, s))
        .toArray();
  }

  private static double[] margins(TrainableModel model, Preference preference, Batch pairs) {
    float[] losses = model.losses(pairs);
    return IntStream.range(0, pairs.sequences() / 2)
        .mapToDouble(p -> preference.margin(losses, pairs, 2 * p))
        .toArray();
  }

  private static void prefer(TrainableModel model, Objective objective, Batch pairs, double rate)
      throws InterruptedException {
    for (int step = 1; step <= 30; step++) {
      model.replicas().clear();
      model.accumulate(objective, pairs, 0.25);
      model.replicas().update(step, rate, ADAMW);
    }
  }

  @Test
  void a_model_comes_to_prefer_what_was_preferred() throws Exception {
    Path base = written(Architectures.ofDepth(2, 16, 8));
    Batch answers = answers();
    try (var model = TrainableModel.read(base, 2, Precision.F32)) {
      Batch pairs = answers.comparedWith(likelihoods(model, answers));
      Objective objective = new Preference(0.5);
      assertEquals(4 * Math.log(2), model.value(objective, pairs), 1e-4);
      prefer(model, objective, pairs, 3e-3);
      assertTrue(
          model.value(objective, pairs) < 1, model.value(objective, pairs) + " is not small");
    }
  }

  @Test
  void low_rank_additions_come_to_prefer_beside_a_base_that_stays() throws Exception {
    Path base = written(Architectures.ofDepth(2, 16, 8));
    Path after = Files.createDirectories(folder.resolve("prefers"));
    Batch answers = answers();
    var preference = new Preference(0.5);
    double[] before;
    try (var whole = TrainableModel.read(base, 1, Precision.F32)) {
      before = likelihoods(whole, answers);
    }
    Batch pairs = answers.comparedWith(before);
    double[] margins;
    try (var low = TrainableModel.read(base, s -> s, LOW_RANK, 1, 2, Precision.F32)) {
      assertArrayEquals(before, likelihoods(low, answers), 1e-5);
      assertArrayEquals(new double[4], margins(low, preference, pairs), 1e-5);
      List<byte[]> frozen = frozen(low);
      assertFalse(frozen.isEmpty());
      prefer(low, preference, pairs, 1e-2);
      List<byte[]> still = frozen(low);
      for (int i = 0; i < frozen.size(); i++) {
        assertArrayEquals(frozen.get(i), still.get(i));
      }
      margins = margins(low, preference, pairs);
      for (double margin : margins) {
        assertTrue(margin > 0.5, Arrays.toString(margins));
      }
      low.write(after, new Specials(0, List.of(0)));
    }
    try (var merged = TrainableModel.read(after, 1, Precision.F32)) {
      assertArrayEquals(margins, margins(merged, preference, pairs), 1e-3);
    }
  }

  /// The bits of all weights that do not train.
  private static List<byte[]> frozen(TrainableModel model) {
    return model.replicas().layout().slots().stream()
        .filter(slot -> !slot.group().trains())
        .flatMap(
            slot ->
                IntStream.range(0, slot.names().size())
                    .mapToObj(part -> model.replicas().value(slot, part)))
        .map(memory -> memory.toArray(ValueLayout.JAVA_BYTE))
        .toList();
  }

  @Test
  void a_model_of_masked_tokens_is_refused_as_a_decoder_by_name() throws Exception {
    Path base = written(Architectures.ofDepth("bert", 1, 64, 16));
    var error =
        assertThrows(
            InputException.class,
            () ->
                TrainableModel.read(
                    base,
                    shape -> shape.withOutput(new Output.NextToken()),
                    new Tuning.All(),
                    1,
                    1,
                    Precision.F32));
    assertTrue(
        error.getMessage().startsWith("base-bert is a bert of masked tokens and cannot be trained"),
        error.getMessage());
  }
}
