package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.vectors.FastTextFile;
import dev.imago.vectors.VectorFile;
import dev.imago.vectors.WordVectors;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Vectors in another form.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = "Write vectors as .vec text, as word2vec's binary, or as fastText's .bin.",
    footer = {"", "Example:  imago vectors convert corpus.bin --to text --out corpus.vec"})
final class VectorsConvertCommand implements Callable<Integer> {
  @ParentCommand private VectorsCommand parent = new VectorsCommand();

  /// What is written.
  enum Form {
    TEXT,
    WORD2VEC,
    FASTTEXT
  }

  @Parameters(index = "0", paramLabel = "VECTORS", description = VectorsCommand.MODEL)
  private String model = "";

  @Option(
      names = "--to",
      paramLabel = "FORM",
      defaultValue = "text",
      description = "text (default), word2vec (binary), or fasttext (of a fastText model only).")
  private Form to = Form.TEXT;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where it goes.")
  private Path out = Path.of("vectors.vec");

  @Override
  public Integer call() {
    WordVectors vectors = parent.open(model);
    switch (to) {
      case TEXT -> AtomicFile.replace(out, file -> VectorFile.writeText(vectors, file));
      case WORD2VEC -> AtomicFile.replace(out, file -> VectorFile.writeBinary(vectors, file));
      case FASTTEXT -> {
        var whole =
            vectors
                .model()
                .orElseThrow(
                    () ->
                        new ConfigException(
                            "%s has words alone, and fastText's file needs its sub-words and output; write word2vec or text"
                                .formatted(model)));
        AtomicFile.replace(out, file -> FastTextFile.write(whole, file));
      }
    }
    if (!parent.imago.quiet) {
      System.err.printf(
          "%s: %,d words of %d numbers%n", out, vectors.words().size(), vectors.dimension());
    }
    return 0;
  }
}
