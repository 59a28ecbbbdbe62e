package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Imports;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.GgufWeights;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.generate.ModelCheck;
import dev.imago.model.Architectures;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.SafetensorsFolder;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Brings models, tokenizers and data from elsewhere into the workspace.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Bring a model, a tokenizer or a data set from elsewhere into the workspace.",
      "Taken are a Hugging Face folder (sharded safetensors too), a .gguf file, a tokenizer"
          + " (tokenizer.json, .model, .tiktoken), a .jsonl data set of {\"text\"} or of"
          + " {\"prompt\", \"completion\"} rows, and a server's ratings.jsonl.",
      "A recipe binds what was imported by its name:  inputs: {base: weights/3f2a}"
    },
    footer = {"", "Example:  imago import ~/models/tiny-llama"})
final class ImportCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "PATH", description = "What to bring in.")
  private Path path = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (!Files.exists(path)) {
      throw new ConfigException("there is nothing at " + path);
    }
    var imports = new Imports(new Workspace(imago.workspace()), Imago.version(), Clock.systemUTC());
    try {
      for (Ref ref : Files.isDirectory(path) ? folder(imports) : file(imports)) {
        System.out.println(ref.brief() + "  from " + path);
      }
    } catch (BrokenFileException | IllegalArgumentException e) {
      throw new InputException("%s cannot be imported: %s".formatted(path, e.getMessage()), e);
    }
    return 0;
  }

  private String from() {
    return path.toAbsolutePath().normalize().toString();
  }

  private List<Ref> folder(Imports imports) throws IOException {
    boolean tokenizer = Files.exists(path.resolve("tokenizer.json"));
    if (SafetensorsFolder.isOne(path)) {
      if (!Files.exists(path.resolve("config.json"))) {
        throw new InputException(path + " has tensors and no config.json, which names its shape");
      }
      ModelCheck.check(path);
      Ref weights = imports.take(Weights.class, from(), to -> copyAll(path, to));
      return tokenizer ? List.of(weights, vocabulary(imports)) : List.of(weights);
    }
    if (tokenizer) {
      return List.of(vocabulary(imports));
    }
    throw new InputException(
        "%s holds neither model.safetensors (or its shards and their index) nor tokenizer.json%s"
            .formatted(path, configFault()));
  }

  /// What is wrong with a folder's `config.json` besides; empty where nothing is or it has none.
  private String configFault() throws IOException {
    Path config = path.resolve("config.json");
    if (!Files.exists(config)) {
      return "";
    }
    try {
      Architectures.read(Files.readString(config));
      return "";
    } catch (IllegalArgumentException e) {
      return "; nor could its model be read: " + e.getMessage();
    } catch (CharacterCodingException e) {
      return "; nor could its model be read: config.json is no UTF-8";
    }
  }

  /// The files of a Hugging Face folder, without what else may lie in it.
  private static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.matches(".*\\.(json|safetensors|jinja|model|tiktoken)|merges\\.txt|vocab\\.txt")) {
          copy(file, to.resolve(name));
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private Ref vocabulary(Imports imports) {
    Path json = path.resolve("tokenizer.json");
    Tokenizer tokenizer = Tokenizer.load(Files.isDirectory(path) ? json : path);
    return imports.take(
        Vocabulary.class,
        from(),
        to -> {
          Files.write(to.resolve("tokenizer.json"), tokenizer.toJson());
          Path config = path.resolve("tokenizer_config.json");
          if (Files.exists(config)) {
            copy(config, to.resolve("tokenizer_config.json"));
          } else {
            Files.write(to.resolve("tokenizer_config.json"), tokenizer.toConfigJson());
          }
          Path template = path.resolve("chat_template.jinja");
          if (Files.exists(template)) {
            copy(template, to.resolve("chat_template.jinja"));
          }
        });
  }

  private List<Ref> file(Imports imports) throws IOException {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".gguf")) {
      ModelCheck.check(path);
      return List.of(
          imports.take(GgufWeights.class, from(), to -> copy(path, to.resolve("model.gguf"))));
    }
    if (name.endsWith(".jsonl")) {
      return List.of(new ImportedRows(path).take(imports, from()));
    }
    if (name.endsWith(".json") || name.endsWith(".model") || name.endsWith(".tiktoken")) {
      return List.of(vocabulary(imports));
    }
    throw new ConfigException(
        "%s is of no kind that can be imported: a Hugging Face folder, .gguf, a tokenizer (.json .model .tiktoken) or .jsonl; other text comes in with `imago run --input`"
            .formatted(path));
  }
}
