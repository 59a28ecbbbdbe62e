package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.InputException;
import dev.imago.core.Workspace;
import dev.imago.generate.GgufVocabulary;
import dev.imago.tensor.Gguf;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// Finds and opens a tokenizer by what a user calls it: a file of any kind that we read, a folder
/// that holds one, or an artifact.
final class TokenizerFile {
  static final String DESCRIPTION =
      "A tokenizer.json, a SentencePiece .model, a .tiktoken file, a .gguf file, a folder that"
          + " holds one, or an artifact (vocabulary/…, weights/…).";

  private TokenizerFile() {}

  static Tokenizer open(String name, Imago imago) {
    Path path = Path.of(name);
    if (!Files.exists(path)) {
      if (!name.matches("([a-z]+/)?[0-9a-f]{4,64}")) {
        throw new InputException(
            "«%s» is neither a file or folder nor an artifact; %s"
                .formatted(name, "name one, such as tokenizer.json or vocabulary/4f85"));
      }
      Artifact artifact = new Workspace(imago.workspace()).find(name);
      path = artifact.folder();
    }
    try {
      Path file = Files.isDirectory(path) ? within(path) : path;
      if (file.toString().toLowerCase(Locale.ROOT).endsWith(".gguf")) {
        try (Gguf gguf = Gguf.open(file)) {
          return GgufVocabulary.read(gguf.metadata()).tokenizer();
        }
      }
      return Tokenizer.load(file);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static Path within(Path folder) throws IOException {
    for (String usual : new String[] {"tokenizer.json", "tokenizer.model", "spiece.model"}) {
      if (Files.exists(folder.resolve(usual))) {
        return folder.resolve(usual);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().matches(".*\\.(gguf|tiktoken|model)"))
          .min(Path::compareTo)
          .orElseThrow(
              () ->
                  new InputException(
                      folder
                          + " holds no tokenizer: no tokenizer.json, .model, .tiktoken or .gguf;"
                          + " name the file itself"));
    }
  }
}
