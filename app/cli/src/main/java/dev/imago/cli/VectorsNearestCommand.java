package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.vectors.HnswNeighbours;
import dev.imago.vectors.WordVectors;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// The words nearest to words.
@Command(
    name = "nearest",
    mixinStandardHelpOptions = true,
    description = "Tell the words nearest to words: a line each of word, cosine and neighbour.",
    footer = {"", "Example:  echo house | imago vectors nearest corpus.bin --count 5"})
final class VectorsNearestCommand implements Callable<Integer> {
  private static final int EFFORT = 100;

  /// Whose graph is used; it tells what vectors it found. Asked for when it is needed: help starts
  /// no logging.
  private static final class Lucene {
    private static final Logger LOGGER = Logger.getLogger("org.apache.lucene");
  }

  @ParentCommand private VectorsCommand parent = new VectorsCommand();

  @Parameters(index = "0", paramLabel = "VECTORS", description = VectorsCommand.MODEL)
  private String model = "";

  @Parameters(
      index = "1..*",
      paramLabel = "WORD",
      description = "Words (default: standard input, a word a line).")
  private List<String> words = List.of();

  @Option(names = "--count", paramLabel = "N", defaultValue = "10", description = "Default: 10.")
  private int count = 10;

  @Option(
      names = "--approximate",
      description = "By a graph (HNSW): built first, then fast; a neighbour may be missed.")
  private boolean approximate;

  @Override
  public Integer call() {
    if (count < 1) {
      throw new ConfigException("--count = %d is below 1; 10 is usual".formatted(count));
    }
    Lucene.LOGGER.setLevel(Level.WARNING);
    WordVectors vectors = parent.open(model);
    HnswNeighbours graph =
        approximate ? NgramCommand.checked(() -> new HnswNeighbours(vectors)) : null;
    try (var out = new LineOutput(System.out)) {
      if (words.isEmpty()) {
        new TextInput(List.of(), false)
            .forEach(
                line -> {
                  if (!line.isBlank()) {
                    tell(vectors, graph, line.strip(), out);
                  }
                });
      } else {
        words.forEach(word -> tell(vectors, graph, word, out));
      }
    } catch (LineOutput.Gone e) {
      return 0;
    } finally {
      if (graph != null) {
        graph.close();
      }
    }
    return 0;
  }

  private void tell(
      WordVectors vectors, @Nullable HnswNeighbours graph, String word, LineOutput out) {
    Optional<float[]> vector = vectors.vector(word);
    if (vector.isEmpty()) {
      System.err.printf("«%s» has no vector: it was rarer than the minimum count%n", word);
      return;
    }
    List<WordVectors.Neighbour> nearest =
        graph == null
            ? vectors.nearest(vector.get(), count, Set.of(word))
            : graph.nearest(vector.get(), count, Set.of(word), Math.max(EFFORT, 2 * count));
    nearest.forEach(
        n -> out.line(String.format(Locale.ROOT, "%s\t%.4f\t%s", word, n.similarity(), n.word())));
  }
}
