package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.vectors.VectorQuality;
import dev.imago.vectors.WordVectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What vectors are worth.
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measure word vectors: analogies by section, and Spearman's correlation of cosines with",
      "what people judged."
    },
    footer = {
      "",
      "Example:  imago vectors evaluate corpus.bin --analogies questions-words.txt --pairs"
          + " wordsim353.tsv"
    })
final class VectorsEvaluateCommand implements Callable<Integer> {
  @ParentCommand private VectorsCommand parent = new VectorsCommand();

  @Parameters(index = "0", paramLabel = "VECTORS", description = VectorsCommand.MODEL)
  private String model = "";

  @Option(
      names = "--analogies",
      paramLabel = "FILE",
      description = "Lines of four words, under lines of : and a section.")
  private @Nullable Path analogies;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description = "Lines of two words and a number, between tabs.")
  private @Nullable Path pairs;

  @Option(
      names = "--first",
      paramLabel = "N",
      defaultValue = "30000",
      description = "How many of the most frequent words may be answers (default: 30000).")
  private int first = 30_000;

  @Override
  public Integer call() {
    if (analogies == null && pairs == null) {
      throw new ConfigException("nothing is asked for: give --analogies, --pairs or both");
    }
    if (first < 1) {
      throw new ConfigException("--first = %d is below 1; 30000 is usual".formatted(first));
    }
    WordVectors vectors = parent.open(model);
    Path questions = there(analogies);
    if (questions != null) {
      List<VectorQuality.Section> sections =
          NgramCommand.checked(() -> VectorQuality.analogies(vectors, questions, first));
      System.out.println("section\tasked\tunknown\taccuracy");
      sections.forEach(VectorsEvaluateCommand::tell);
      tell(VectorQuality.total(sections));
    }
    Path judged = there(pairs);
    if (judged != null) {
      VectorQuality.Agreement told =
          NgramCommand.checked(() -> VectorQuality.agreement(vectors, judged));
      System.out.printf(
          Locale.ROOT,
          "spearman\t%.4f\t%d pairs, %d unknown%n",
          told.spearman(),
          told.pairs(),
          told.skipped());
    }
    return 0;
  }

  private static void tell(VectorQuality.Section s) {
    System.out.printf(
        Locale.ROOT, "%s\t%d\t%d\t%.4f%n", s.name(), s.asked(), s.skipped(), s.accuracy());
  }

  private static @Nullable Path there(@Nullable Path file) {
    if (file != null && !Files.isRegularFile(file)) {
      throw new InputException(
          file + (Files.exists(file) ? " is no file" : " does not exist") + "; name a text file");
    }
    return file;
  }
}
