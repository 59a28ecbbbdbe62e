package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.Imports;
import dev.imago.core.InputException;
import dev.imago.core.Inventory;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Documents;
import dev.imago.data.Examples;
import dev.imago.data.GgufWeights;
import dev.imago.data.Labels;
import dev.imago.data.RatingLog;
import dev.imago.data.Ratings;
import dev.imago.data.Split;
import dev.imago.data.TaskModels;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tensor.DataType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.Side;
import dev.imago.tokenizers.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void workspace() {
    workspace = new Workspace(folder.resolve("ws"));
  }

  private int imported(Path path) {
    return Imago.execute("--workspace", workspace.root().toString(), "import", path.toString());
  }

  private String only() {
    return Inventory.of(workspace).items().getFirst().ref().toString();
  }

  @Test
  void rowsOfTextBecomeACorpusThatPrepareReads() throws Exception {
    Path rows =
        Files.writeString(folder.resolve("a.jsonl"), "{\"text\": \"一\"}\n\n{\"text\": \"two\"}\n");
    assertEquals(0, imported(rows));
    try (var documents = Documents.read(workspace.find(only()).folder(), "raw")) {
      assertEquals(java.util.List.of("一", "two"), documents.map(d -> d.text()).toList());
    }
    Provenance made = workspace.provenance(workspace.find(only()).ref()).orElseThrow();
    assertEquals("import", made.stage());
    assertTrue(made.configJson().contains("a.jsonl"), made.configJson());
  }

  @Test
  void rowsOfPairsBecomeLabelsOfWhichSomeAreHeldOut() throws Exception {
    var rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("{\"prompt\": \"p%d\", \"completion\": \"c%d\"}\n".formatted(i, i));
    }
    assertEquals(0, imported(Files.writeString(folder.resolve("p.jsonl"), rows)));
    Path labels = workspace.find(only()).folder();
    assertEquals(38, Examples.read(labels, Split.TRAIN).size());
    assertEquals("p19", Examples.read(labels, Split.HELDOUT).getFirst().prompt());
  }

  @Test
  void textsWithTheirClassBecomeLabelsThatSayTheirTask() throws Exception {
    var rows = new StringBuilder("{\"text\": \"t0\", \"label\": \"b\"}\n");
    for (int i = 0; i < 40; i++) {
      rows.append("{\"text\": \"t%d\", \"label\": \"%s\"}\n".formatted(i, i % 2 == 0 ? "a" : "b"));
    }
    assertEquals(0, imported(Files.writeString(folder.resolve("c.jsonl"), rows)));
    Path labels = workspace.find(only(), Labels.class).folder();
    var task = assertInstanceOf(Classification.class, Tasks.read(labels));
    assertEquals(List.of("a", "b"), task.output().names());
    assertEquals(38, task.examples(labels, Split.TRAIN).size());
    assertEquals("t19", task.examples(labels, Split.HELDOUT).getFirst().text());
    assertEquals("b", task.examples(labels, Split.TRAIN).getFirst().label()); // the first counts
  }

  @Test
  void wordsWithTheirTagsBecomeLabelsThatSayTheirTask() throws Exception {
    Path rows =
        Files.writeString(
            folder.resolve("t.jsonl"),
            "{\"tokens\": [\"Ann\", \"ran\"], \"ner_tags\": [\"B-PER\", \"O\"]}\n"
                + "{\"tokens\": [\"Bob\"], \"ner_tags\": [\"B-PER\"]}\n");
    assertEquals(0, imported(rows));
    Path labels = workspace.find(only(), Labels.class).folder();
    var task = assertInstanceOf(Tagging.class, Tasks.read(labels));
    assertEquals(List.of("O", "B-PER", "I-PER"), task.output().names());
    assertEquals(1, task.examples(labels, Split.HELDOUT).size());
    assertEquals(
        3,
        imported(
            Files.writeString(
                folder.resolve("u.jsonl"), "{\"words\": [\"a\"], \"tags\": [\"O\"]}\n")));
  }

  @Test
  void aServersLogOfRatingsBecomesWhatLabelTakes() throws Exception {
    String line =
        "{\"time\": \"2026-01-01T00:00:00Z\", \"completionId\": \"%s\", \"vote\": \"%s\","
            + " \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}],"
            + " \"answer\": \"Hello %s\", \"model\": \"m\"}";
    String log = line.formatted("a", "UP", "1") + "\n" + line.formatted("b", "DOWN", "2");
    Path file = Files.writeString(folder.resolve("r.jsonl"), log);
    assertEquals(0, imported(file));
    Ratings ratings = workspace.find(only(), Ratings.class);
    assertEquals(2, RatingLog.latest(ratings.folder().resolve("ratings.jsonl")).size());
    assertEquals(
        java.util.Set.of("ratings.jsonl", "preference.jsonl", "unpaired.jsonl"),
        workspace.files(ratings.ref()).keySet());
    assertEquals(1, Files.readAllLines(ratings.folder().resolve("preference.jsonl")).size());
  }

  @Test
  void aLogWithATornLineIsRefusedByItsOwnName() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("r.jsonl"),
            "{\"messages\": [], \"answer\": \"\", \"vote\": \"UP\"}\n{\"messages\": [{");
    assertEquals(3, imported(file));
    assertEquals(0, workspace.artifacts().size());
    var imports = new Imports(workspace, "test", Clock.systemUTC());
    var error =
        assertThrows(
            InputException.class,
            () -> new ImportedRows(file).take(imports, "", Map.of(), _ -> {}));
    assertTrue(
        error.getMessage().startsWith(file + ", line 1: no rating (a rating has no messages"),
        error.getMessage());
  }

  @Test
  void aRowThatIsNoneIsToldWithItsLine() throws Exception {
    Path rows = Files.writeString(folder.resolve("a.jsonl"), "{\"text\": \"a\"}\n{\"txt\": 1}\n");
    assertEquals(3, imported(rows));
    assertEquals(3, imported(Files.writeString(folder.resolve("b.jsonl"), "{\"body\": \"a\"}\n")));
    var error =
        assertThrows(InputException.class, () -> new ImportedRows(folder.resolve("b.jsonl")));
    assertTrue(error.getMessage().contains("this has body"), error.getMessage());
    assertEquals(0, workspace.artifacts().size());
  }

  @Test
  void aHuggingFaceFolderBecomesWeightsOfThatFormAndNoOther() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    write(model, Architectures.ofDepth("neural_probabilistic", 1, 16, 8));
    Files.writeString(model.resolve("README.txt"), "stays where it is");
    assertEquals(0, imported(model));
    assertEquals(
        java.util.Set.of("config.json", "model.safetensors"),
        workspace.files(workspace.find(only(), Weights.class).ref()).keySet());
    assertThrows(ConfigException.class, () -> workspace.find(only(), GgufWeights.class));
  }

  @Test
  void furtherTasksComeInWithTheFirstAndAnothersListOfTasksStaysOut() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    ModelShape shape = Architectures.ofDepth("neural_probabilistic", 1, 16, 8);
    write(model, shape);
    Path file = Files.writeString(model.resolve("tasks.json"), "{\"mteb\": \"retrieval\"}");
    String other = told(model, 0);
    assertTrue(other.contains("tasks.json is no list of tasks' names"), other);
    assertEquals(List.of(), TaskModels.names(workspace.find(only(), Weights.class).folder()));
    Files.writeString(file, "[\"intent\", \"slots\"]");
    String none = told(model, 0);
    assertTrue(none.contains("tasks/slots holds no model"), none);
    workspace = new Workspace(folder.resolve("whole"));
    write(Files.createDirectories(TaskModels.folder(model, "slots")), shape);
    assertEquals(0, imported(model));
    Weights joint = workspace.find(only(), Weights.class);
    assertEquals(2, TaskModels.all(joint).size());
    assertTrue(Files.exists(TaskModels.of(joint.folder(), "slots").resolve("model.safetensors")));
  }

  @Test
  void aTokenizerBesideTheWeightsComesInWithThem() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    write(model, Architectures.ofDepth("gru", 1, 16, 8));
    Files.writeString(
        model.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 15}, \"merges\": []}}");
    assertEquals(0, imported(model));
    assertEquals(2, workspace.artifacts().size());
  }

  @Test
  void theSideThatTransformersWouldCutIsCutHere() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    write(model, Architectures.ofDepth("gru", 1, 16, 8));
    Files.writeString(
        model.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 15}, \"merges\": []}}");
    Path config = model.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"truncation_side\": \"middle\"}");
    String refusal = refusal(model);
    assertTrue(refusal.contains("truncation_side in tokenizer_config.json is \"middle\""), refusal);
    Files.writeString(config, "{\"truncation_side\": \"left\"}");
    String said = told(model, 0);
    assertEquals(2, said.split("the left side is cut", -1).length, said);
    assertEquals(2, workspace.artifacts().size());
    for (Ref ref : workspace.artifacts()) {
      Path file = workspace.find(ref.toString()).folder().resolve("tokenizer.json");
      Tokenizer tokenizer = Tokenizer.load(file);
      assertEquals(Side.LEFT, tokenizer.truncationSide());
      assertEquals(5, tokenizer.encode("ababa").length);
    }
  }

  @Test
  void aModelWhoseWeightsCannotComeIsToldToBringItsTokenizerAlone() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    Files.write(model.resolve("pytorch_model.bin"), new byte[8]);
    Files.writeString(
        model.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 1}, \"merges\": []}}");
    assertTrue(told(model, 0).contains("has no model.safetensors"), "its weights are missed");
    assertEquals(1, workspace.artifacts().size());
  }

  @Test
  void aModelThatIsNotComputedIsRefusedAndNothingIsLeft() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    ModelShape shape = Architectures.ofDepth("gru", 1, 16, 8);
    write(model, shape);
    Path config = model.resolve("config.json");
    String json = Files.readString(config);
    Files.writeString(config, json.replace("\"gru\"", "\"mamba\""));
    assertEquals(3, imported(model));
    Files.writeString(config, json.replace("\"gru\"", "\"lstm\""));
    assertEquals(3, imported(model));
    assertEquals(0, workspace.artifacts().size());
  }

  @Test
  void aSettingThatIsNotHonouredIsRefusedByName() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    write(model, Architectures.ofDepth("llama", 1, 16, 8));
    Path config = model.resolve("config.json");
    String json = Files.readString(config).replaceFirst("\\{", "{\"residual_multiplier\": 2,");
    Files.writeString(config, json);
    String told = refusal(model);
    assertTrue(told.contains("residual_multiplier = 2 in config.json is no setting"), told);
    assertEquals(0, workspace.artifacts().size());
  }

  @Test
  void aTokenizerOfAnotherModelIsRefusedBeforeAnythingIsCopied() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    write(model, Architectures.ofDepth("gru", 1, 16, 8));
    Files.writeString(
        model.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 16}, \"merges\": []}}");
    String told = refusal(model);
    assertTrue(told.contains("makes ids up to 16 of text, and the embedding has 16 rows"), told);
    assertEquals(0, workspace.artifacts().size());
  }

  @Test
  void aGgufWhoseModelIsNotComputedIsRefusedBeforeItIsCopied() throws Exception {
    ModelShape shape = Architectures.ofDepth("llama", 1, 16, 8);
    Path file = folder.resolve("m.gguf");
    var keys = new LinkedHashMap<>(shape.gguf("m", DataType.F32));
    Gguf.write(file, keys, new LinkedHashMap<>());
    String bare = refusal(file);
    assertTrue(bare.contains("has no tensor «token_embd.weight», which its config"), bare);
    keys.put("llama.expert_count", GgufValue.u32(8));
    Gguf.write(file, keys, new LinkedHashMap<>());
    String experts = refusal(file);
    assertTrue(experts.contains("llama.expert_count = 8 is not supported"), experts);
    keys.put("general.architecture", new GgufValue.Text("mamba"));
    Gguf.write(file, keys, new LinkedHashMap<>());
    String unknown = refusal(file);
    assertTrue(unknown.contains("general.architecture = «mamba» is not supported"), unknown);
    assertEquals(0, workspace.artifacts().size());
  }

  private static void write(Path model, ModelShape shape) throws Exception {
    Files.writeString(model.resolve("config.json"), shape.configJson(new Specials(0, List.of(0))));
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, lengths) -> {
              int size = 1;
              for (long length : lengths) {
                size = Math.toIntExact(size * length);
              }
              tensors.put(name, HostTensor.of(new float[size], lengths));
            });
    Safetensors.write(model.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
  }

  @Test
  void aFolderWithoutTensorsTellsWhatIsWrongWithItsSettingsToo() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"mamba\"}");
    String unknown = refusal(model);
    assertTrue(unknown.contains("holds neither model.safetensors"), unknown);
    assertTrue(unknown.contains("model_type = «mamba» is not supported"), unknown);
    Files.writeString(model.resolve("config.json"), "{\"model_type\"");
    String broken = refusal(model);
    assertTrue(broken.contains("config.json is no JSON"), broken);
  }

  private String refusal(Path path) {
    return told(path, 3);
  }

  private String told(Path path, int exit) {
    var told = new ByteArrayOutputStream();
    PrintStream before = System.err;
    try {
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      assertEquals(exit, imported(path));
    } finally {
      System.setErr(before);
    }
    return told.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsCutOffOrOfNoKindIsRefusedAndNothingIsLeft() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    Files.write(model.resolve("model.safetensors"), tensors(3));
    assertEquals(3, imported(model));
    assertEquals(3, imported(Files.writeString(folder.resolve("m.gguf"), "no GGUF")));
    assertEquals(2, imported(Files.writeString(folder.resolve("m.pdf"), "x")));
    assertEquals(2, imported(folder.resolve("none")));
    assertEquals(0, workspace.artifacts().size());
  }

  /// A file of one tensor of one number, of which so many bytes are there.
  private static byte[] tensors(int bytes) {
    byte[] header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }
}
