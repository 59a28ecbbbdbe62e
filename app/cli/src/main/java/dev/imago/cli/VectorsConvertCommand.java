package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.vectors.FastTextFile;
import dev.imago.vectors.VectorFile;
import dev.imago.vectors.WordVectors;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Vectors in another form.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Write vectors as .vec text, as word2vec's binary, or as fastText's .bin.",
      "Without --out, text goes to standard output."
    },
    footer = {
      "",
      "Examples:",
      "  imago vectors convert corpus.bin --to word2vec --out corpus.w2v",
      "  imago vectors convert corpus.bin | gzip > corpus.vec.gz"
    })
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

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where it goes (default: text to standard output).")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Path file = out;
    if (file == null) {
      return toStandardOutput();
    }
    WordVectors vectors = parent.open(model);
    write(vectors, file);
    if (!parent.imago.quiet) {
      System.err.printf(
          "%s: %,d words of %d numbers%n", file, vectors.words().size(), vectors.dimension());
    }
    return 0;
  }

  private int toStandardOutput() {
    if (to != Form.TEXT) {
      throw new ConfigException(
          "--to %s is no text, and would go to a terminal; name a file with --out"
              .formatted(to.name().toLowerCase(Locale.ROOT)));
    }
    WordVectors vectors = parent.open(model);
    try (var lines = new LineOutput(System.out)) {
      VectorFile.textLines(vectors, lines::line);
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private void write(WordVectors vectors, Path out) {
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
  }
}
