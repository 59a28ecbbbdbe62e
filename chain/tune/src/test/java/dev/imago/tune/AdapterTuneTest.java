package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ImagoException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.AdapterRounding;
import dev.imago.model.Architectures;
import dev.imago.model.ModelFolder;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.tensor.DataType;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Adapters that `tune` leaves, goes on with, and refuses; on forty texts of two classes.
final class AdapterTuneTest {
  private static final String ADAPTER =
      "{\"examples\": %d, \"batch\": 8, \"calibration\": 0, \"learningRate\": 0.001, \"adapter\":"
          + " %s%s}";

  @TempDir Path folder;
  private Weights base;
  private Vocabulary vocabulary;
  private Labels labels;

  @BeforeEach
  void writeInputs() throws Exception {
    List<String> texts = List.of("the team won the game", "the bank lent money");
    Path words = Files.createDirectories(folder.resolve("words"));
    var tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(280).minimumFrequency(1),
            texts.iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(words.resolve("tokenizer_config.json"), "{}");
    vocabulary = new Vocabulary(new Ref("vocabulary", "0".repeat(64)), words);
    base = model('a', tokenizer.vocabularySize());
    Path to = Files.createDirectories(folder.resolve("labels"));
    Files.writeString(
        to.resolve("task.json"), "{\"task\": \"classify\", \"labels\": [\"sport\", \"money\"]}");
    var lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      lines.append(
          "{\"id\": \"%d\", \"text\": \"%s %d\", \"label\": \"%s\", \"source\": \"f\"}\n"
              .formatted(i, texts.get(i % 2), i, i % 2 == 0 ? "sport" : "money"));
    }
    Files.writeString(to.resolve("train.jsonl"), lines);
    Files.writeString(to.resolve("heldout.jsonl"), "tuning does not read this");
    labels = new Labels(new Ref("labels", "0".repeat(64)), to);
  }

  /// An artifact of a hash of one digit, beside the others.
  private Weights model(char digit, int rows) throws Exception {
    Weights to = weights(digit);
    Files.createDirectories(to.folder());
    var shape = Architectures.ofDepth("llama", 1, rows, 32);
    try (var model = TrainableModel.random(shape, digit, 1, Precision.F32)) {
      model.write(to.folder(), new Specials(0, List.of(0)));
    }
    return to;
  }

  private Weights weights(char digit) {
    String hash = String.valueOf(digit).repeat(64);
    return new Weights(new Ref("weights", hash), folder.resolve(hash));
  }

  private Weights tune(
      char digit, Weights from, Optional<Weights> start, int examples, String adapter, FakeRun run)
      throws Exception {
    return tune(digit, from, start, examples, adapter, "", run);
  }

  /// @param more settings beside the adapter's
  private Weights tune(
      char digit,
      Weights from,
      Optional<Weights> start,
      int examples,
      String adapter,
      String more,
      FakeRun run)
      throws Exception {
    String json = ADAPTER.formatted(examples, adapter, more);
    Tune.Config config =
        Binder.bind("tune", (ObjectNode) JsonMapper.shared().readTree(json), new Tune().defaults());
    var inputs =
        new Tune.Inputs(
            from, Optional.of(vocabulary), labels, Optional.empty(), Optional.empty(), start);
    Path made = new Tune().run(inputs, config, run).tuned().folder();
    Weights to = weights(digit);
    Files.move(made, to.folder());
    return to;
  }

  private FakeRun run(String name) {
    return new FakeRun(folder.resolve(name), 1);
  }

  private static double loss(Map<String, Number> metrics) {
    return metrics.get("loss").doubleValue();
  }

  @Test
  void anAdapterAloneIsWeightsWithItsBaseAndTrainingGoesOnWithIt() throws Exception {
    byte[] before = Files.readAllBytes(base.folder().resolve("model.safetensors"));
    var first = run("first");
    Weights adapter =
        tune(
            'b',
            base,
            Optional.empty(),
            80,
            "{\"kind\": \"dora\", \"rank\": 4, \"merge\": false}",
            first);
    assertFalse(Files.exists(adapter.folder().resolve("model.safetensors")));
    String config = Files.readString(adapter.folder().resolve("adapter_config.json"));
    assertTrue(config.contains("\"base_model_name_or_path\" : \"../" + "a".repeat(64)), config);
    assertTrue(Files.readString(adapter.folder().resolve("README.md")).contains("peft"));
    try (ModelFolder model = ModelFolder.open(adapter.folder())) {
      assertEquals(List.of("sport", "money"), model.shape().output().names());
    }
    var second = run("second");
    Weights on =
        tune('c', base, Optional.of(adapter), 80, "{\"kind\": \"dora\", \"merge\": true}", second);
    assertTrue(
        loss(second.metrics().getFirst()) < loss(first.metrics().getFirst()),
        second.metrics() + " after " + first.metrics());
    // Merged weights have it beside, and their base is where it was, bit for bit.
    assertTrue(Files.exists(on.folder().resolve("model.safetensors")));
    try (ModelFolder merged = ModelFolder.open(on.folder());
        ModelFolder beside = ModelFolder.open(on.folder().resolve("adapter"))) {
      for (Parameter p : merged.shape().parameters()) {
        float[] ours = merged.tensors().get(p).toFloats();
        float[] theirs = beside.tensors().get(p).toFloats();
        for (int i = 0; i < ours.length; i++) {
          assertEquals(ours[i], theirs[i], 1e-6, p.name());
        }
      }
    }
    assertTrue(
        Arrays.equals(before, Files.readAllBytes(base.folder().resolve("model.safetensors"))));
    var rounding =
        AdapterRounding.of(
                on.folder(), List.of(DataType.F32, DataType.F16, DataType.BF16, DataType.Q8_0))
            .orElseThrow()
            .shares();
    assertEquals(0, rounding.get(DataType.F32));
    assertTrue(rounding.get(DataType.F16) < rounding.get(DataType.BF16), rounding.toString());
    assertTrue(rounding.get(DataType.BF16) < rounding.get(DataType.Q8_0), rounding.toString());
    assertEquals(Optional.empty(), AdapterRounding.of(base.folder(), List.of(DataType.F16)));
  }

  @Test
  void anAdapterOfAnotherBaseIsRefusedWithBothNames() throws Exception {
    Weights adapter =
        tune('b', base, Optional.empty(), 8, "{\"rank\": 2, \"merge\": false}", run("first"));
    Weights other = model('d', 300);
    assertRefused(other, Optional.of(adapter), "{}", "bbbbbbbbbbbb is of weights/aaaaaaaaaaaa");
    assertRefused(other, Optional.of(adapter), "{}", "tune.inputs.base is weights/dddddddddddd");
    assertRefused(
        base, Optional.of(adapter), "{\"kind\": \"ia3\"}", "the adapter to go on with of lora");
    assertRefused(
        base, Optional.of(adapter), "{\"rank\": 8}", "the adapter to go on with of lora and 2");
    for (String otherwise :
        List.of("\"alpha\": 4.0", "\"targets\": [\"query\"]", "\"bias\": \"all\"")) {
      String name = otherwise.substring(1, otherwise.indexOf("\":"));
      assertRefused(
          base,
          Optional.of(adapter),
          "{\"rank\": 2, %s}".formatted(otherwise),
          "tune.adapter.%s = ".formatted(name));
    }
    assertRefused(base, Optional.of(base), "{}", "which has no adapter");
    assertRefused(
        base, Optional.empty(), "{\"merge\": false}", "tune.adapter.merge = false has no meaning");
  }

  @Test
  void whatStandsBeforeTextsComesOutAloneAndGoesOn() throws Exception {
    String prompt = "{\"kind\": \"prompt\", \"virtualTokens\": 2, \"merge\": false}";
    var first = run("first");
    Weights adapter = tune('b', base, Optional.empty(), 80, prompt, first);
    String config = Files.readString(adapter.folder().resolve("adapter_config.json"));
    assertTrue(config.contains("\"peft_type\" : \"PROMPT_TUNING\""), config);
    assertTrue(config.contains("\"num_virtual_tokens\" : 2"), config);
    var second = run("second");
    Weights on = tune('c', base, Optional.of(adapter), 80, prompt, second);
    assertTrue(
        loss(second.metrics().getFirst()) < loss(first.metrics().getFirst()),
        second.metrics() + " after " + first.metrics());
    assertRefused(on, Optional.empty(), "{}", "virtual tokens (PROMPT_TUNING)");
    assertRefused(base, Optional.empty(), "{\"kind\": \"prompt\"}", "set merge = false");
    assertRefused(
        base,
        Optional.empty(),
        "{\"rank\": 2, \"virtualTokens\": 2}",
        "virtualTokens = 2 has no meaning where kind = lora");
    assertRefused(
        base,
        Optional.empty(),
        "{\"kind\": \"prefix\", \"virtualTokens\": 30, \"merge\": false}",
        "the model reads 32 tokens, and they are 30 of these");
  }

  @Test
  void someTokensTrainBesideTiedEmbeddingsAndTheOthersStay() throws Exception {
    String tokens = "{\"rank\": 2, \"tokens\": [\"t\", \"w\"], \"merge\": %s}";
    Weights adapter = tune('b', base, Optional.empty(), 16, tokens.formatted(false), run("first"));
    Weights on =
        tune('c', base, Optional.of(adapter), 16, "{\"rank\": 2, \"merge\": true}", run("on"));
    List<Integer> ids =
        Stream.of("t", "w")
            .map(
                t ->
                    Tokenizer.load(vocabulary.folder().resolve("tokenizer.json"))
                        .id(t)
                        .orElseThrow())
            .toList();
    try (ModelFolder before = ModelFolder.open(base.folder());
        ModelFolder after = ModelFolder.open(on.folder())) {
      Parameter table =
          after.shape().parameters().stream()
              .filter(p -> p.name().equals("model.embed_tokens.weight"))
              .findFirst()
              .orElseThrow();
      float[] was = before.tensors().get(table).toFloats();
      float[] is = after.tensors().get(table).toFloats();
      int width = table.columns();
      for (int row = 0; row < table.rows(); row++) {
        boolean same =
            Arrays.equals(
                was, row * width, row * width + width, is, row * width, row * width + width);
        assertEquals(!ids.contains(row), same, "row " + row);
      }
    }
    assertRefused(
        base,
        Optional.empty(),
        "{\"rank\": 2, \"tokens\": [\"<tool>\"]}",
        "«<tool>» is no token of");
    assertRefused(
        base,
        Optional.empty(),
        "{\"rank\": 2, \"tokens\": [\"t\"], \"trained\": [\"model.embed_tokens\"]}",
        "and tokens some of its rows");
  }

  @Test
  void aTokenThatTheModelHasNoRowForIsRefused() throws Exception {
    Path file = vocabulary.folder().resolve("tokenizer.json");
    int rows = Tokenizer.load(file).vocabularySize();
    ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(file);
    json.withArray("added_tokens")
        .addObject()
        .put("id", rows)
        .put("content", "<tool>")
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    Files.writeString(file, json.toString());
    assertRefused(
        base,
        Optional.empty(),
        "{\"rank\": 2, \"tokens\": [\"<tool>\"]}",
        "«<tool>» has the id %d, and weights/%s has rows for 0 … %d"
            .formatted(rows, "a".repeat(64), rows - 1));
  }

  @Test
  void newTokensGetRowsThatTrainBesideTiedEmbeddingsAndTheAdapterBringsThem() throws Exception {
    String more = ", \"addTokens\": [\"won the\"], \"addSpecialTokens\": [\"<|end|>\"]";
    int rows = Tokenizer.load(vocabulary.folder().resolve("tokenizer.json")).vocabularySize();
    var first = run("first");
    Weights alone =
        tune('b', base, Optional.empty(), 16, "{\"rank\": 2, \"merge\": false}", more, first);
    assertTrue(
        first.notes().stream()
            .anyMatch(n -> n.contains("with the ids %d … %d".formatted(rows, rows + 1))),
        first.notes().toString());
    assertTrue(
        first.notes().stream().anyMatch(n -> n.startsWith("what the adapter adds learns at ")),
        first.notes().toString());
    Tokenizer own = Tokenizer.load(alone.folder().resolve("tokenizer.json"));
    assertEquals(rows, own.id("won the").orElseThrow());
    assertFalse(own.special(rows));
    assertTrue(own.special(rows + 1));
    Weights on = tune('c', base, Optional.of(alone), 16, "{\"merge\": true}", "", run("on"));
    try (ModelFolder before = ModelFolder.open(base.folder());
        ModelFolder adapted = ModelFolder.open(alone.folder());
        ModelFolder after = ModelFolder.open(on.folder())) {
      assertEquals(rows + 2, adapted.shape().vocabularySize());
      assertEquals(adapted.shape(), after.shape());
      float[] was = before.tensors().get(before.shape().parameters().getFirst()).toFloats();
      float[] is = after.tensors().get(after.shape().parameters().getFirst()).toFloats();
      int width = after.shape().width();
      assertEquals(-1, Arrays.mismatch(was, Arrays.copyOf(is, was.length)));
      assertEquals((rows + 2) * width, is.length);
      // One is read, the other in no text: it stays the mean that both began as.
      double mean = 0;
      for (int row = 0; row < rows; row++) {
        mean += was[row * width] / (double) rows;
      }
      assertEquals(mean, is[(rows + 1) * width], 1e-3);
      double most = 0;
      for (int i = 0; i < width; i++) {
        most = Math.max(most, Math.abs(is[rows * width + i] - is[(rows + 1) * width + i]));
      }
      assertTrue(most > 1e-4, "the token that is read learned no more than the other: " + most);
    }
    Weights whole = tune('d', base, Optional.empty(), 8, "{}", more, run("whole"));
    try (ModelFolder after = ModelFolder.open(whole.folder())) {
      assertEquals(rows + 2, after.shape().vocabularySize());
    }
    assertRefused(
        base,
        Optional.empty(),
        "{\"rank\": 2}",
        ", \"addTokens\": [\"t\"]",
        "«t» is a token of the vocabulary already");
    assertRefused(
        base,
        Optional.empty(),
        "{\"kind\": \"ia3\"}",
        more,
        "kind = ia3 has no place for rows of new tokens");
    assertRefused(base, Optional.of(alone), "{}", more, "has the tokens that it has");
  }

  private void assertRefused(Weights from, Optional<Weights> start, String adapter, String words) {
    assertRefused(from, start, adapter, "", words);
  }

  private void assertRefused(
      Weights from, Optional<Weights> start, String adapter, String more, String words) {
    var error =
        assertThrows(
            ImagoException.class, () -> tune('e', from, start, 8, adapter, more, run("refused")));
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }
}
