package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.vectors.WordVectors;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What is to c as b is to a.
@Command(
    name = "analogy",
    mixinStandardHelpOptions = true,
    description = {
      "Tell which words are to C as B is to A: a line each of cosine and word.",
      "Without words, each line of standard input has three."
    },
    footer = {"", "Example:  imago vectors analogy corpus.bin man king woman"})
final class VectorsAnalogyCommand implements Callable<Integer> {
  @ParentCommand private VectorsCommand parent = new VectorsCommand();

  @Parameters(index = "0", paramLabel = "VECTORS", description = VectorsCommand.MODEL)
  private String model = "";

  @Parameters(index = "1..*", paramLabel = "A B C", description = "Three words.")
  private List<String> words = List.of();

  @Option(names = "--count", paramLabel = "N", defaultValue = "10", description = "Default: 10.")
  private int count = 10;

  @Override
  public Integer call() {
    if (!words.isEmpty() && words.size() != 3) {
      throw new ConfigException(
          "%d words are given; an analogy takes three, such as man king woman"
              .formatted(words.size()));
    }
    if (count < 1) {
      throw new ConfigException("--count = %d is below 1; 10 is usual".formatted(count));
    }
    WordVectors vectors = parent.open(model);
    try (var out = new LineOutput(System.out)) {
      if (words.isEmpty()) {
        new TextInput(List.of(), false)
            .forEach(
                line -> {
                  String[] three = line.strip().split("\\s+");
                  if (three.length != 3) {
                    throw new InputException(
                        "«%s» is not three words; an analogy takes three".formatted(line));
                  }
                  tell(vectors, List.of(three), out);
                });
      } else {
        tell(vectors, words, out);
      }
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private void tell(WordVectors vectors, List<String> of, LineOutput out) {
    NgramCommand.checked(() -> vectors.analogy(of.get(0), of.get(1), of.get(2), count))
        .forEach(n -> out.line(String.format(Locale.ROOT, "%.4f\t%s", n.similarity(), n.word())));
  }
}
