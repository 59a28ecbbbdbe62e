package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Inventory;
import dev.imago.core.Provenance;
import dev.imago.core.Workspace;
import dev.imago.data.Documents;
import dev.imago.data.GgufWeights;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tensor.DataType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago import hf:OWNER/NAME`, against a hub on the loopback interface.
class HubImportTest {
  private static final ModelShape SHAPE = Architectures.ofDepth("llama", 1, 16, 8);
  private static final byte[] NOTHING = "nothing that is needed".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Workspace workspace;
  private LoopbackHub hub;

  @BeforeEach
  void aHub() throws Exception {
    workspace = new Workspace(folder.resolve("ws"));
    hub = new LoopbackHub("models/o/n");
  }

  @AfterEach
  void end() {
    hub.close();
  }

  private String said = "";

  /// Runs the command; gives its status, and keeps what it says.
  private int run(String address, String... more) {
    var args = new java.util.ArrayList<>(List.of("--workspace", workspace.root().toString()));
    args.addAll(List.of("import", address, "--endpoint", hub.endpoint()));
    if (!List.of(more).contains("--token")) {
      args.add("--token=");
    }
    args.addAll(List.of(more));
    var told = new ByteArrayOutputStream();
    PrintStream before = System.err;
    try {
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      return Imago.execute(args.toArray(String[]::new));
    } finally {
      System.setErr(before);
      said = told.toString(StandardCharsets.UTF_8);
    }
  }

  private Path model() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), SHAPE.configJson(new Specials(0, List.of(0))));
    Safetensors.write(model.resolve("model.safetensors"), tensors(), Safetensors.FORMAT_PT);
    return model;
  }

  private static LinkedHashMap<String, HostTensor> tensors() {
    return tensors(Form.HUGGING_FACE);
  }

  private static LinkedHashMap<String, HostTensor> tensors(Form form) {
    var tensors = new LinkedHashMap<String, HostTensor>();
    SHAPE
        .storedShapes(form)
        .forEach(
            (name, lengths) -> {
              int size = 1;
              for (long length : lengths) {
                size = Math.toIntExact(size * length);
              }
              tensors.put(name, HostTensor.of(new float[size], lengths));
            });
    return tensors;
  }

  private String only() {
    return Inventory.of(workspace).items().getFirst().ref().toString();
  }

  private boolean nothingIsLeft() {
    return workspace.artifacts().isEmpty();
  }

  @Test
  void aModelComesWithWhatItNeedsAndItsCommitStandsInTheLineage() throws Exception {
    hub.with(model())
        .with("README.md", NOTHING)
        .with("pytorch_model.bin", NOTHING)
        .with("generation_config.json", "{\"eos_token_id\": 0}".getBytes(StandardCharsets.UTF_8));
    assertEquals(0, run("hf:o/n"), said);
    Weights weights = workspace.find(only(), Weights.class);
    assertEquals(
        Set.of("config.json", "generation_config.json", "model.safetensors"),
        workspace.files(weights.ref()).keySet());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("model/model.safetensors")),
        Files.readAllBytes(weights.folder().resolve("model.safetensors")));
    Provenance made = workspace.provenance(weights.ref()).orElseThrow();
    String record = made.configJson().replaceAll("\\s+", "");
    assertTrue(record.contains("\"from\":\"hf:o/n@" + LoopbackHub.COMMIT + "\""), record);
    assertTrue(record.contains("\"revision\":\"main\""), record);
    assertTrue(said.contains("hf:o/n@main is commit " + LoopbackHub.COMMIT + ": 3 files"), said);
    assertFalse(Files.exists(workspace.root().resolve("scratch/hub-o-n-0123456789ab")));
    assertEquals(0, run("hf:o/n@refs/pr/1"), said);
  }

  @Test
  void shardsComeByTheirIndex() throws Exception {
    Path model = model();
    LinkedHashMap<String, HostTensor> all = tensors();
    String first = all.keySet().iterator().next();
    Files.delete(model.resolve("model.safetensors"));
    var one = new LinkedHashMap<String, HostTensor>();
    one.put(first, all.remove(first));
    Safetensors.write(model.resolve("a.safetensors"), one, Map.of());
    Safetensors.write(model.resolve("b.safetensors"), all, Map.of());
    var index = new StringBuilder("{\"weight_map\": {\"%s\": \"a.safetensors\"".formatted(first));
    all.keySet().forEach(n -> index.append(", \"%s\": \"b.safetensors\"".formatted(n)));
    Files.writeString(model.resolve("model.safetensors.index.json"), index + "}}");
    hub.with(model).with("other.safetensors", NOTHING);
    assertEquals(0, run("hf:o/n"), said);
    assertEquals(
        Set.of("config.json", "model.safetensors.index.json", "a.safetensors", "b.safetensors"),
        workspace.files(workspace.find(only()).ref()).keySet());
    hub.with(
        "model.safetensors.index.json",
        "{\"weight_map\": {\"a\": \"../b.safetensors\"}}".getBytes(StandardCharsets.UTF_8));
    assertEquals(3, run("hf:o/n"));
    assertTrue(said.contains("names «../b.safetensors», which is no file there"), said);
  }

  @Test
  void whatBreaksOffGoesOnFromWhereItWas() throws Exception {
    hub.with(model());
    hub.cut("model.safetensors", 1);
    assertEquals(0, run("hf:o/n"), said);
    int half = (int) Files.size(folder.resolve("model/model.safetensors")) / 2;
    assertEquals(
        List.of(
            "GET config.json",
            "GET model.safetensors",
            "GET model.safetensors bytes=" + half + "-"),
        hub.asked);
  }

  @Test
  void whatADeadLineLeftIsGoneOnFromByTheNextRun() throws Exception {
    hub.with(model());
    hub.cut("model.safetensors", 4);
    assertEquals(4, run("hf:o/n"));
    assertTrue(said.contains("run it again, it goes on from there"), said);
    assertTrue(nothingIsLeft());
    hub.cut("model.safetensors", 0);
    hub.asked.clear();
    assertEquals(0, run("hf:o/n"), said);
    int half = (int) Files.size(folder.resolve("model/model.safetensors")) / 2;
    assertEquals(List.of("GET model.safetensors bytes=" + half + "-"), hub.asked);
    assertTrue(said.contains("came before"), said);
  }

  @Test
  void whatIsNotWhatTheHubSaysIsRemoved() throws Exception {
    hub.with(model());
    hub.lying = true;
    assertEquals(3, run("hf:o/n"));
    assertTrue(said.contains("did not come as it is there: its SHA-256 is"), said);
    assertTrue(nothingIsLeft());
    hub.lying = false;
    hub.asked.clear();
    assertEquals(0, run("hf:o/n"), said);
    assertEquals(List.of("GET model.safetensors"), hub.asked);
  }

  @Test
  void aModelThatIsNotComputedIsRefusedBeforeItsTensorsCome() throws Exception {
    hub.with(model())
        .with("config.json", "{\"model_type\": \"mamba\"}".getBytes(StandardCharsets.UTF_8));
    assertEquals(3, run("hf:o/n"));
    assertTrue(said.contains("hf:o/n@main cannot be imported: model_type = «mamba»"), said);
    assertEquals(List.of("GET config.json"), hub.asked);
  }

  @Test
  void whatTheDiskHasNoRoomForIsRefusedBeforeAnythingComes() throws Exception {
    hub.with(model());
    hub.claimedBytes = 1L << 58;
    assertEquals(4, run("hf:o/n"));
    assertTrue(said.contains("takes 288230 TB more, and the disk that holds"), said);
    assertEquals(List.of(), hub.asked);
  }

  @Test
  void whoMayNotIsToldWhatLetsThemIn() throws Exception {
    hub.with(model());
    hub.token = "secret";
    assertEquals(3, run("hf:o/n"));
    assertTrue(said.contains("hf:o/n@main is gated: ask for access on its page"), said);
    assertEquals(3, run("hf:o/n", "--token", "wrong"));
    assertTrue(said.contains("the hub does not take the token for hf:o/n@main"), said);
    assertEquals(0, run("hf:o/n", "--token", "secret"), said);
    assertEquals(List.of("null"), hub.tokensAtStore); // the other server sees no token
  }

  @Test
  void whatIsNotThereIsToldByName() throws Exception {
    hub.with(model());
    assertEquals(3, run("hf:o/other"));
    assertTrue(said.contains("there is no hf:o/other@main at " + hub.endpoint()), said);
    assertEquals(3, run("hf:o/n@v9"));
    assertTrue(said.contains("hf:o/n@v9: there is no revision «v9»"), said);
    assertEquals(3, run("hf:o/n", "--file", "m.gguf"));
    assertTrue(said.contains("has no file «m.gguf»; it has config.json, model.safetensors"), said);
    assertEquals(2, run("hf:../n"));
    assertEquals(2, run("hf:o/n@../../x"));
    assertTrue(nothingIsLeft());
  }

  @Test
  void aHubThatIsNotThereIsToldWithWhatToDo() {
    String gone = hub.endpoint();
    hub.close();
    assertEquals(4, run("hf:o/n"));
    assertTrue(said.contains("cannot reach " + gone + ": it takes no connection"), said);
  }

  @Test
  void aGgufFileIsTakenByItsNameOrWhereItIsTheOnlyOne() throws Exception {
    var pending = new LinkedHashMap<String, Gguf.Pending>();
    tensors(Form.GGUF)
        .forEach((n, t) -> pending.put(n, new Gguf.Pending(t.type(), t.shape(), () -> t)));
    Path file = folder.resolve("m.gguf");
    Gguf.write(file, new LinkedHashMap<>(SHAPE.gguf("m", DataType.F32)), pending);
    hub.with("q/m.gguf", Files.readAllBytes(file)).with("README.md", NOTHING);
    assertEquals(3, run("hf:o/n"));
    assertTrue(said.contains("tokenizer"), said); // it has no vocabulary
    hub.with("q/n.gguf", Files.readAllBytes(file));
    assertEquals(2, run("hf:o/n"));
    assertTrue(said.contains("has q/m.gguf, q/n.gguf; name one with --file"), said);
    hub.with("q/m-00001-of-00002.gguf", Files.readAllBytes(file));
    assertEquals(3, run("hf:o/n", "--file", "q/m-00001-of-00002.gguf"));
    assertTrue(
        said.contains("first of 2 files, and hf:o/n@main has no q/m-00002-of-00002.gguf"), said);
    assertThrows(ConfigException.class, () -> workspace.find("weights/0", GgufWeights.class));
  }

  @Test
  void aDataSetsRowsComeAlike() throws Exception {
    try (var data = new LoopbackHub("datasets/o/d")) {
      data.with("train.jsonl", "{\"text\": \"一\"}\n".getBytes(StandardCharsets.UTF_8));
      hub.close();
      hub = data;
      assertEquals(0, run("hf:datasets/o/d"), said);
      try (var documents = Documents.read(workspace.find(only()).folder(), "raw")) {
        assertEquals(List.of("一"), documents.map(d -> d.text()).toList());
      }
    }
  }

  @Test
  void theEnvironmentsNamesAreThoseOfHuggingFace() {
    Hub hub =
        Hub.usual(
            Optional.empty(),
            Optional.empty(),
            Map.of("HF_ENDPOINT", "https://mirror.test/", "HF_TOKEN", "t\n"));
    assertEquals("https://mirror.test", hub.endpoint().toString());
    assertEquals("t", hub.token());
    assertEquals(
        Hub.USUAL, Hub.usual(Optional.empty(), Optional.empty(), Map.of()).endpoint().toString());
    assertThrows(
        EnvironmentException.class,
        () -> Hub.usual(Optional.empty(), Optional.empty(), Map.of("HF_HUB_OFFLINE", "1")));
    assertThrows(ConfigException.class, () -> Hub.at("http://mirror.test", "t"));
    assertThrows(ConfigException.class, () -> Hub.at("mirror", ""));
  }
}
