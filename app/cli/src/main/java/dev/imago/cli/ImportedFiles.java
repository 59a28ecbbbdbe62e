package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.ConfigException;
import dev.imago.core.Imports;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.GgufWeights;
import dev.imago.data.TaskModels;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.generate.ModelCheck;
import dev.imago.model.Architectures;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.SafetensorsFolder;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.TokenizerFolder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A folder or file that becomes artifacts, each checked before it is taken.
///
/// @param path of a Hugging Face folder, a GGUF file, a tokenizer or a data set
/// @param from where it came from, as the record and messages say it
/// @param details what else the record says of that
/// @param ours whether it was fetched for this alone, so that it is taken without being copied
/// @param notes told what people should know of it
record ImportedFiles(
    Path path, String from, Map<String, String> details, boolean ours, Consumer<String> notes) {
  /// @throws InputException for what cannot be used
  List<Ref> take(Imports imports) throws IOException {
    try {
      return Files.isDirectory(path) ? folder(imports) : file(imports);
    } catch (BrokenFileException | IllegalArgumentException e) {
      throw new InputException("%s cannot be imported: %s".formatted(from, e.getMessage()), e);
    }
  }

  private Ref take(Imports imports, Class<? extends Artifact> kind, Imports.Content content) {
    return imports.take(kind, from, details, content);
  }

  private List<Ref> folder(Imports imports) throws IOException {
    boolean tokenizer = Files.exists(path.resolve("tokenizer.json"));
    if (SafetensorsFolder.isOne(path)) {
      if (!Files.exists(path.resolve("config.json"))) {
        throw new InputException(from + " has tensors and no config.json, which names its shape");
      }
      ModelCheck.check(path);
      List<String> further = further();
      for (String task : further) {
        ModelCheck.check(TaskModels.folder(path, task));
      }
      Ref weights = take(imports, Weights.class, to -> copyAll(further, to));
      return tokenizer ? List.of(weights, vocabulary(imports, _ -> {})) : List.of(weights);
    }
    if (tokenizer) {
      if (Files.exists(path.resolve("config.json"))) {
        notes.accept(
            "%s has no model.safetensors (or its shards and their index): its tokenizer alone comes in; convert the model's weights to safetensors for them to come too"
                .formatted(from));
      }
      return List.of(vocabulary(imports, notes));
    }
    throw new InputException(
        "%s holds neither model.safetensors (or its shards and their index) nor tokenizer.json%s"
            .formatted(from, configFault()));
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

  /// Tasks whose models lie below; none where `tasks.json` is of another's meaning, or they are not
  /// there.
  private List<String> further() {
    try {
      List<String> further = TaskModels.further(path);
      for (String task : further) {
        if (!SafetensorsFolder.isOne(TaskModels.folder(path, task))) {
          throw new IllegalArgumentException("tasks/%s holds no model".formatted(task));
        }
      }
      return further;
    } catch (IllegalArgumentException e) {
      notes.accept(
          "%s: its %s is left out, and no further task comes in: %s"
              .formatted(from, TaskModels.FILE, e.getMessage()));
      return List.of();
    }
  }

  private void copyAll(List<String> further, Path to) throws IOException {
    copyAll(path, further, to);
    for (String task : further) {
      Path own = Files.createDirectories(TaskModels.folder(to, task));
      copyAll(TaskModels.folder(path, task), List.of(), own);
    }
  }

  /// The files of a Hugging Face folder, without what else may lie in it.
  private void copyAll(Path folder, List<String> further, Path to) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.equals(TaskModels.FILE) && further.isEmpty()) {
          continue;
        }
        if (name.matches(".*\\.(json|safetensors|jinja|model|tiktoken)|merges\\.txt|vocab\\.txt")) {
          copy(file, to.resolve(name));
        }
      }
      TokenizerFolder.agree(to, notes);
      Path pooling = folder.resolve("1_Pooling").resolve("config.json");
      if (Files.isRegularFile(pooling)) {
        Files.createDirectories(to.resolve("1_Pooling"));
        copy(pooling, to.resolve("1_Pooling").resolve("config.json"));
      }
    }
  }

  /// A model's one file; what was split comes in as one.
  private void gguf(Path to) throws IOException {
    try (Gguf gguf = Gguf.open(path)) {
      if (gguf.files() > 1) {
        gguf.copy(to);
        return;
      }
    }
    copy(path, to);
  }

  private void copy(Path file, Path to) throws IOException {
    if (ours) {
      try {
        Files.createLink(to, file);
        return;
      } catch (IOException | UnsupportedOperationException _) {
        // A file system without links, on which it is copied like any other.
      }
    }
    Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
  }

  /// @param told what is changed of it; what a model has said of its tokenizer is not said again
  private Ref vocabulary(Imports imports, Consumer<String> told) {
    Path json = path.resolve("tokenizer.json");
    Tokenizer tokenizer = Tokenizer.load(Files.isDirectory(path) ? json : path);
    return take(
        imports,
        Vocabulary.class,
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
          TokenizerFolder.agree(to, told);
        });
  }

  private List<Ref> file(Imports imports) throws IOException {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".gguf")) {
      ModelCheck.check(path);
      return List.of(take(imports, GgufWeights.class, to -> gguf(to.resolve("model.gguf"))));
    }
    if (name.endsWith(".jsonl")) {
      return List.of(new ImportedRows(path).take(imports, from, details, notes));
    }
    if (name.endsWith(".json") || name.endsWith(".model") || name.endsWith(".tiktoken")) {
      return List.of(vocabulary(imports, notes));
    }
    throw new ConfigException(
        "%s is of no kind that can be imported: a Hugging Face folder, .gguf, .onnx, .jar, a tokenizer (.json .model .tiktoken) or .jsonl; other text comes in with `imago run --input`"
            .formatted(from));
  }
}
