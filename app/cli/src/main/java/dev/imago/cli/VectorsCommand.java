package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.core.Workspace;
import dev.imago.vectors.VectorFile;
import dev.imago.vectors.WordVectors;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/// Word vectors by themselves, each command useful in a pipe.
@Command(
    name = "vectors",
    mixinStandardHelpOptions = true,
    description = "Train, ask, measure and convert word vectors.",
    footer = {
      "",
      "Examples:",
      "  imago vectors train corpus.txt --out corpus.bin",
      "  echo house | imago vectors nearest corpus.bin",
      "  imago vectors analogy corpus.bin man king woman",
      "  imago vectors evaluate corpus.bin --analogies questions-words.txt",
      "  imago vectors convert corpus.bin --out corpus.vec"
    },
    subcommands = {
      VectorsTrainCommand.class,
      VectorsNearestCommand.class,
      VectorsAnalogyCommand.class,
      VectorsSentenceCommand.class,
      VectorsEvaluateCommand.class,
      VectorsConvertCommand.class,
    })
final class VectorsCommand extends CommandGroup {
  static final String MODEL =
      "Word vectors: fastText's .bin, word2vec's binary, .vec text, or an artifact (vectors/…).";

  /// Opens vectors by what a user calls them; of an artifact the model with sub-words, if it has
  /// one.
  WordVectors open(String name) {
    Path path = Path.of(name);
    if (!Files.exists(path)) {
      if (!name.matches("(vectors/)?[0-9a-f]{4,64}")) {
        throw new InputException(
            "«%s» is neither a file nor an artifact; name vectors, such as corpus.bin or vectors/4f85"
                .formatted(name));
      }
      path = new Workspace(imago.workspace()).find(name).folder();
    }
    if (Files.isDirectory(path)) {
      Path model = path.resolve("model.bin");
      path = Files.exists(model) ? model : path.resolve("vectors.bin");
    }
    if (!Files.isRegularFile(path)) {
      throw new InputException("%s is no file; name vectors".formatted(path));
    }
    Path file = path;
    return NgramCommand.checked(() -> VectorFile.read(file));
  }
}
