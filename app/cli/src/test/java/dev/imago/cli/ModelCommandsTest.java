// Past 400 lines: each command on one model that all of them share.
package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.LanguageModel;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.Onnx;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.AdapterSettings;
import dev.imago.training.TrainableModel;
import dev.imago.training.Tuning;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands that take any model, without a recipe.
final class ModelCommandsTest {
  private static final String TEXT = "a quiet room and a friendly desk by the window of the room";

  @TempDir Path folder;
  private Path llama;
  private String errors = "";

  @BeforeEach
  void makeModel() throws Exception {
    llama = model("llama", Architectures.ofDepth("llama", 2, 300, 48));
  }

  /// A small model with weights by chance.
  private Path model(String name, ModelShape shape) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of(TEXT).iterator(),
            TrainingProgress.NONE);
    Files.write(to.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(to.resolve("tokenizer_config.json"), tokenizer.toConfigJson());
    try (TrainableModel random = TrainableModel.random(shape, 4, 1, Precision.F32)) {
      random.write(to, new Specials(0, List.of(0)));
    }
    return to;
  }

  /// One without a head, as files have it that were saved without theirs.
  private Path encoder(Pooling pooling) throws Exception {
    ModelShape shape = Architectures.ofDepth("bert", 1, 300, 32);
    Path to = model("bert", shape);
    Files.writeString(
        to.resolve("config.json"),
        shape.withOutput(new Output.Embedding(pooling)).configJson(new Specials(0, List.of(0))));
    return to;
  }

  private record Said(int exit, String out, String err) {}

  private Said imago(String... words) {
    return piped("", words);
  }

  private Said piped(String input, String... words) {
    var all = new ArrayList<>(List.of("--workspace", folder.resolve("ws").toString()));
    all.addAll(List.of(words));
    InputStream in = System.in;
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    var told = new ByteArrayOutputStream();
    try {
      System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      int exit = Imago.execute(all.toArray(String[]::new));
      errors = told.toString(StandardCharsets.UTF_8);
      return new Said(exit, said.toString(StandardCharsets.UTF_8), errors);
    } finally {
      System.setIn(in);
      System.setOut(out);
      System.setErr(err);
    }
  }

  private String done(Said said) {
    assertEquals(0, said.exit(), said.err());
    return said.out();
  }

  private void refused(Said said, int exit, String words) {
    assertEquals(exit, said.exit(), said.err());
    assertTrue(said.err().contains(words), said.err());
    assertEquals("", said.out());
    assertEquals(1, said.err().lines().filter(l -> l.startsWith("imago: ")).count(), said.err());
  }

  private static JsonNode json(String line) {
    return JsonMapper.shared().readTree(line);
  }

  @Test
  void inspectTellsWhatAModelHolds() {
    String said = done(imago("inspect", llama.toString(), "--context", "40"));
    assertTrue(said.contains("for a context of 40"), said);
    assertTrue(said.contains("F32"), said);
    JsonNode told = json(done(imago("inspect", llama.toString(), "--json")));
    assertEquals("llama", told.path("architecture").asString());
    assertEquals(48, told.path("context").asInt());
    assertEquals(48, told.path("context_bytes").path("tokens").asInt());
    ModelShape shape = Architectures.ofDepth("llama", 2, 300, 48);
    assertEquals(
        4L * 2 * 2 * 64 * shape.keyWidth(), told.path("context_bytes").path("f32").asLong());
    assertEquals(4 * shape.parameterCount(), told.path("tensor_bytes").asLong());
    assertTrue(told.path("runs_here").asBoolean(), told.toString());
    assertEquals(0, told.path("stop_ids").get(0).asInt());
  }

  @Test
  void inspectTellsOfAnAdapterTheMemoryOfTheWholeModel() throws Exception {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    var own = AdapterSettings.of(AdapterSettings.Kind.LORA, 2, 4);
    try (TrainableModel model =
        TrainableModel.read(llama, s -> s, new Tuning.Adapted(own), 3, 1, Precision.F32)) {
      model.writeConfig(adapter, new Specials(0, List.of(0)));
      model.writeAdapter(adapter, "../llama");
    }
    long weights = 4 * Architectures.ofDepth("llama", 2, 300, 48).parameterCount();
    String said = done(imago("inspect", adapter.toString()));
    assertTrue(said.contains(Quantity.of(weights, "bytes") + " of weights"), said);
  }

  @Test
  void inspectTellsOfAModelThatDoesNotRunHereWhy() throws Exception {
    Path config = llama.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"llama\"", "\"another_architecture\""));
    JsonNode told = json(done(imago("inspect", llama.toString(), "--json")));
    assertFalse(told.path("runs_here").asBoolean());
    assertEquals("another_architecture", told.path("architecture").asString());
    assertTrue(told.path("refusal").asString().contains("another_architecture"), told.toString());
    assertTrue(told.path("tensor_bytes").asLong() > 0);
  }

  @Test
  void generateWritesTheAnswerAloneToStandardOutput() {
    String[] words = {"generate", llama.toString(), "a quiet", "--max-tokens", "6", "--seed", "5"};
    String answer = done(imago(words));
    assertTrue(errors.contains("written"), errors);
    assertEquals(answer, done(imago(words)), "the same seed gives the same answer");
    assertEquals(
        answer,
        done(piped("a quiet\n", "generate", llama.toString(), "--max-tokens", "6", "--seed", "5")));
    String greedy = done(imago("generate", llama.toString(), "a", "--temperature", "0"));
    assertEquals(greedy, done(imago("generate", llama.toString(), "a", "--top-k", "1")));
  }

  @Test
  void generateGivesSeveralAnswersAsObjects() {
    List<JsonNode> rows =
        done(imago(
                "generate",
                llama.toString(),
                "a quiet",
                "--max-tokens",
                "6",
                "--seed",
                "5",
                "-n",
                "3",
                "--json"))
            .lines()
            .map(ModelCommandsTest::json)
            .toList();
    assertEquals(3, rows.size());
    for (int i = 0; i < 3; i++) {
      assertEquals(i, rows.get(i).path("index").asInt());
      assertEquals(5 + i, rows.get(i).path("seed").asInt());
      String alone =
          done(
              imago(
                  "generate",
                  llama.toString(),
                  "a quiet",
                  "--max-tokens",
                  "6",
                  "--seed",
                  String.valueOf(5 + i),
                  "--json"));
      assertEquals(json(alone).path("text"), rows.get(i).path("text"), "alone or among others");
    }
  }

  @Test
  void keysAndValuesAreKeptAsAsked() {
    String[] types = {"f32", "f16"};
    for (String type : types) {
      String greedy =
          done(
              imago(
                  "generate",
                  llama.toString(),
                  "a",
                  "--temperature",
                  "0",
                  "--kv-cache",
                  type,
                  "--kv-memory",
                  "1MB"));
      assertFalse(greedy.isBlank());
    }
    refused(
        imago("generate", llama.toString(), "a", "--context", "40", "--kv-memory", "10kB"),
        2,
        "the longest that fits is ");
    refused(imago("generate", llama.toString(), "a", "--kv-cache", "q2"), 2, "f32, f16, q8_0 are");
    refused(
        imago("generate", llama.toString(), "a", "--kv-memory", "no"),
        2,
        "--kv-memory = «no» is no");
    refused(imago("run", "smoke", "serve.kvCache=f15"), 2, "f32, f16, q8_0 are");
  }

  @Test
  void aDraftModelTakesItsPartOfTheMemory() throws Exception {
    long bytes;
    try (LanguageModel opened = LanguageModel.open(llama, 1)) {
      bytes = opened.cacheBytes(CacheType.F32, 33); // half of which is a block for each of two
    }
    String file = llama.toString();
    String[] words = {"generate", file, "a", "--draft", file, "--kv-memory", bytes + "B"};
    assertFalse(done(imago(words)).isBlank());
  }

  @Test
  void aServerDoesNotShrinkWhatItIsAskedFor() throws Exception {
    refused(imago("serve", llama.toString(), "--context", "49"), 2, "longer than the 48 tokens");
    refused(imago("serve", encoder(Pooling.FIRST).toString(), "--context", "8"), 2, "leave them");
  }

  @Test
  void generateEndsAtAStopText() {
    String whole = done(imago("generate", llama.toString(), "a", "--temperature", "0")).strip();
    String stop = whole.substring(1, 2);
    String cut =
        done(imago("generate", llama.toString(), "a", "--temperature", "0", "--stop", stop));
    assertFalse(cut.contains(stop), cut);
  }

  @Test
  void generateAnswersATurn() {
    String chat =
        done(piped("a quiet", "generate", llama.toString(), "--chat", "--seed", "1", "--json"));
    String text = done(piped("a quiet", "generate", llama.toString(), "--seed", "1", "--json"));
    assertNotEquals(json(text).path("prompt_tokens"), json(chat).path("prompt_tokens"));
  }

  @Test
  void generateTalksInAPipeWithHistoryAndCommands() {
    String chat = folder.resolve("chat.json").toString();
    String[] words = {"generate", llama.toString(), "--chat", "--seed", "1", "--max-tokens", "3"};
    String one = done(piped("a", words));
    assertEquals(one, done(piped("/set temperature 0.8\na\n/exit\nb\n", words)));
    String two = done(piped("a\n/save " + chat + "\nb\n", words));
    assertTrue(two.startsWith(one) && two.length() > one.length(), two);
    String gone = done(piped("/load " + chat + "\n/set max-tokens 1\n/regenerate\n", words));
    assertNotEquals("", gone.strip());
    assertTrue(done(piped("/help\n", words)).isEmpty(), "help goes to standard error");
    refused(piped("/frobnicate\n", words), 2, "/help tells them");
    refused(piped("/set temperature hot\n", words), 2, "no number");
    refused(piped("/load " + folder.resolve("none") + "\n", words), 3, "does not exist");
    refused(piped("word ".repeat(60) + "\n", words), 3, "/reset");
  }

  @Test
  void whatGenerateCannotDoIsToldInALine() {
    refused(imago("generate", "none.gguf", "a"), 2, "neither a file or folder nor an artifact");
    refused(imago("generate", "weights/abcdef", "a"), 2, "imago list");
    refused(imago("generate", folder.toString(), "a"), 3, "holds neither model.gguf");
    refused(imago("generate", llama.toString(), "a", "--top-p", "2"), 2, "--top-p = 2");
    refused(imago("generate", llama.toString(), "a", "-n", "0"), 2, "-n = 0 is outside 1 … 128");
    refused(
        imago("generate", llama.toString(), "a", "--max-tokens", "0"),
        2,
        "--max-tokens = 0 is below 1; give 1 or more");
    refused(
        imago("generate", llama.toString(), "a", "--context", "49"),
        2,
        "outside 2 … 48, the longest");
    refused(imago("generate", llama.toString(), "room ".repeat(80)), 3, "48 of prompt and answer");
    refused(imago("generate", llama.toString(), "a", "--system", "b"), 2, "give --chat too");
    refused(imago("generate", llama.toString(), "a", "--draft-tokens", "4"), 2, "give --draft too");
    refused(imago("generate", llama.toString(), "a", "--schema", "none"), 3, "does not exist");
    String explodes = "[ab]([c-z]?){5000}";
    refused(imago("generate", llama.toString(), "a", "--regex", explodes), 3, "4096 ways");
    refused(piped("a\n", "generate", llama.toString(), "--chat", "--regex", explodes), 3, "4096");
  }

  @Test
  void embedMakesVectorsAsTheFilesSayTheyArePooled() throws Exception {
    Path bert = encoder(Pooling.FIRST);
    String[] lines = done(piped("a quiet room\na desk\n", "embed", bert.toString())).split("\n");
    assertEquals(2, lines.length);
    double length = 0;
    for (JsonNode each : json(lines[1]).path("embedding")) {
      length += each.asDouble() * each.asDouble();
    }
    assertEquals(1, length, 1e-5);
    assertEquals(lines[0], done(imago("embed", bert.toString(), "a quiet room")).strip());
    double same =
        Double.parseDouble(done(imago("embed", bert.toString(), "--similarity", "a", "a")));
    assertEquals(1, same, 1e-5);

    // sentence-transformers' folders say it in a file of their own.
    Path config = bert.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replaceAll(" *\"pooling\" *: *\"\\w+\",", ""));
    assertFalse(Files.readString(config).contains("pooling"), Files.readString(config));
    String mean = done(imago("embed", bert.toString(), "a quiet room")).strip();
    assertNotEquals(lines[0], mean);
    Path pooling = Files.createDirectory(bert.resolve("1_Pooling")).resolve("config.json");
    Files.writeString(
        pooling, "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
    assertEquals(lines[0], done(imago("embed", bert.toString(), "a quiet room")).strip());
    Files.writeString(pooling, "{\"pooling_mode_max_tokens\": true}");
    refused(imago("embed", bert.toString(), "a"), 3, "pooling that is not supported");
    Files.writeString(pooling, "{\"pooling_mode_cls_token\": true}");
    String modules =
        "[{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"},"
            + " {\"path\": \"1_Pooling\", \"type\": \"sentence_transformers.models.Pooling\"}%s]";
    Files.writeString(bert.resolve("modules.json"), modules.formatted(""));
    assertEquals(lines[0], done(imago("embed", bert.toString(), "a quiet room")).strip());
    Files.writeString(
        bert.resolve("modules.json"),
        modules.formatted(
            ", {\"path\": \"2_Dense\", \"type\": \"sentence_transformers.models.Dense\"}"));
    refused(
        imago("embed", bert.toString(), "a"),
        3,
        "modules.json has a module Dense (2_Dense), which is not computed");
  }

  @Test
  void embedGivesTheSameOfAnEncoderAsGguf() throws Exception {
    Path bert = encoder(Pooling.FIRST);
    String gguf = folder.resolve("bert.gguf").toString();
    done(imago("compress", bert.toString(), "--to", "F32", "--out", gguf));
    assertEquals(
        done(imago("embed", bert.toString(), "a quiet room")),
        done(imago("embed", gguf, "a quiet room")));
    try (Gguf made = Gguf.open(Path.of(gguf))) {
      assertEquals(GgufValue.u32(2), made.metadata().get("bert.pooling_type"));
      assertEquals(new GgufValue.Bool(false), made.metadata().get("bert.attention.causal"));
    }
    refused(imago("generate", gguf, "a"), 3, "embeddings");
  }

  @Test
  void whatEmbedCannotDoIsToldInALine() throws Exception {
    refused(imago("embed", llama.toString(), "a"), 3, "embed is of encoders");
    Path bert = encoder(Pooling.MEAN);
    refused(imago("embed", bert.toString(), "--similarity", "a"), 2, "two texts");
    refused(imago("embed", bert.toString(), "room ".repeat(80)), 3, "the model reads 32 at most");
    done(imago("embed", bert.toString(), "--truncate", "room ".repeat(80)));
  }

  @Test
  void benchHasTheTableAndTheNamesOfLlamaBench() {
    String table = done(imago("bench", llama.toString(), "-p", "8", "-n", "4", "-r", "2"));
    List<String> rows = table.lines().toList();
    assertEquals(4, rows.size(), table);
    assertTrue(
        rows.get(0).matches("\\| model +\\| +size \\| +params \\| backend .*t/s \\|"), table);
    assertTrue(rows.get(2).contains(" pp8 |") && rows.get(2).contains(" ± "), table);
    assertTrue(rows.get(3).contains(" tg4 |"), table);
    JsonNode row =
        json(
            done(imago("bench", llama.toString(), "-p", "0", "-n", "4", "-r", "2", "-o", "jsonl")));
    assertEquals(4, row.path("n_gen").asInt());
    assertEquals(2, row.path("samples_ns").size());
    assertTrue(row.path("avg_ts").asDouble() > 0, row.toString());
    refused(imago("bench", llama.toString(), "-p", "49"), 3, "-p 49: 49 tokens are not 1 … 48");
    refused(imago("bench", llama.toString(), "-p", "0", "-n", "0"), 2, "nothing to measure");
    refused(imago("bench", llama.toString(), "-n", "-1"), 2, "--n-gen = -1 is below 0");
  }

  @Test
  void compressWritesOneFileAndTellsWhatWasLost() throws Exception {
    Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
    Path half = folder.resolve("half.gguf");
    done(imago("compress", llama.toString(), "--to", "F16", "--out", half.toString()));
    Path small = folder.resolve("small.gguf");
    String told =
        done(
            imago(
                "compress",
                half.toString(),
                "--to",
                "q8_0",
                "--out",
                small.toString(),
                "--text",
                text.toString()));
    assertTrue(told.contains("KL divergence 0.0"), told);
    assertFalse(told.contains("adapter"), told);
    assertTrue(Files.size(small) < Files.size(half));
    try (LanguageModel made = LanguageModel.open(small, 1);
        Gguf from = Gguf.open(half);
        Gguf to = Gguf.open(small)) {
      assertEquals("Q8_0", made.format());
      assertEquals(from.tensors().keySet(), to.tensors().keySet());
      assertEquals(from.metadata().keySet(), to.metadata().keySet());
    }
    // The numbers of a folder, written at once, are those.
    Path direct = folder.resolve("direct.gguf");
    done(imago("compress", llama.toString(), "--to", "Q8_0", "--out", direct.toString()));
    try (Gguf once = Gguf.open(direct);
        Gguf twice = Gguf.open(small)) {
      assertEquals(once.metadata(), twice.metadata());
    }
  }

  @Test
  void compressLeavesNoFileThatLosesMoreThanItMay() throws Exception {
    Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
    Path out = Files.writeString(folder.resolve("small.gguf"), "what was there");
    List<String> words =
        List.of("compress", llama.toString(), "--to", "Q4_0", "--out", out.toString());
    refused(imago(with(words, "--max-loss-increase", "1")), 2, "--max-loss-increase = 1.0 is of");
    String[] most = with(words, "--text", text.toString(), "--max-loss-increase", "11");
    refused(imago(most), 2, "--max-loss-increase = 11");
    most[most.length - 1] = "0";
    refused(imago(most), 3, "--max-loss-increase allows 0.0: raise that, or take a format");
    assertEquals("what was there", Files.readString(out));
    most[most.length - 1] = "10";
    assertTrue(done(imago(most)).contains("KL divergence"));
    try (LanguageModel made = LanguageModel.open(out, 1)) {
      assertEquals("Q4_0", made.format());
    }
  }

  private static String[] with(List<String> words, String... more) {
    return Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void compressWritesAFolderForOnnxRuntime() throws Exception {
    Path edge = folder.resolve("edge");
    String told =
        done(imago("compress", llama.toString(), "--to", "onnx", "--out", edge.toString()));
    assertTrue(told.startsWith(edge + ": onnx, "), told);
    assertTrue(Files.exists(edge.resolve("tokenizer.json")));
    assertFalse(Files.exists(folder.resolve(".edge.part")));
    refused(
        imago("compress", llama.toString(), "--to", "onnx", "--out", edge.toString()),
        2,
        "is there already");
    String small = folder.resolve("small").toString();
    refused(
        imago("compress", llama.toString(), "--to", "onnx-int8", "--out", small, "--tokens", "9"),
        2,
        "are of GGUF");
    // What a GGUF file lost is lost; what is written of it loses nothing more.
    Path q8 = folder.resolve("q8.gguf");
    done(imago("compress", llama.toString(), "--to", "Q8_0", "--out", q8.toString()));
    done(imago("compress", q8.toString(), "--to", "onnx", "--out", small));
    try (Onnx a = Onnx.open(edge.resolve("model.onnx"));
        Onnx b = Onnx.open(Path.of(small).resolve("model.onnx"))) {
      assertEquals(a.inputs(), b.inputs());
      assertEquals(a.outputs(), b.outputs());
    }
    assertTrue(Files.exists(Path.of(small).resolve("config.json")));
  }

  @Test
  void whatCompressCannotDoIsToldInALine() throws Exception {
    Path out = folder.resolve("out.gguf");
    String to = out.toString();
    refused(imago("compress", llama.toString(), "--out", to), 2, "--to");
    refused(imago("compress", llama.toString(), "--to", "Q9", "--out", to), 2, "Q9");
    refused(
        imago("compress", llama.toString(), "--to", "Q8_0", "--out", to, "--tokens", "9"),
        2,
        "--tokens = 9 is of --text and --importance");
    refused(
        imago("compress", llama.toString(), "--to", "Q8_0", "--out", folder.toString()),
        2,
        "is a folder");
    refused(
        imago("compress", llama.toString(), "--to", "F16", "--out", to, "--importance", to),
        2,
        "has no scales to search for");
    refused(
        imago("compress", llama.toString(), "--to", "F16", "--out", to, "--text", "none"),
        2,
        "no such file");
    String text = Files.writeString(folder.resolve("text.txt"), TEXT).toString();
    refused(
        imago(
            "compress",
            llama.toString(),
            "--to",
            "Q4_K_M",
            "--out",
            to,
            "--text",
            text,
            "--importance",
            text),
        2,
        "name another for one");
    String empty = Files.createFile(folder.resolve("empty.txt")).toString();
    refused(
        imago("compress", llama.toString(), "--to", "F16", "--out", to, "--text", empty),
        3,
        "two are the least to measure by");
    assertFalse(Files.exists(out), "nothing is written for a text that tells nothing");
    done(imago("compress", llama.toString(), "--to", "Q8_0", "--out", to));
    refused(
        imago("compress", to, "--to", "Q4_0", "--out", folder.resolve("b.gguf").toString()),
        3,
        "quantised already");
    refused(imago("compress", to, "--to", "Q4_0", "--out", to), 2, "the model itself");
  }
}
