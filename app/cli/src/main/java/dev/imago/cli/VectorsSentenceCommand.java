package dev.imago.cli;

import dev.imago.vectors.WordVectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// The vectors of lines.
@Command(
    name = "sentence",
    mixinStandardHelpOptions = true,
    description = "Tell the vector of each line of text: the mean of its words', each of length 1.",
    footer = {"", "Example:  imago vectors sentence corpus.bin < lines.txt"})
final class VectorsSentenceCommand implements Callable<Integer> {
  @ParentCommand private VectorsCommand parent = new VectorsCommand();

  @Parameters(index = "0", paramLabel = "VECTORS", description = VectorsCommand.MODEL)
  private String model = "";

  @Parameters(index = "1..*", paramLabel = "FILE", description = "Texts (default: standard input).")
  private List<Path> files = List.of();

  @Override
  public Integer call() {
    WordVectors vectors = parent.open(model);
    try (var out = new LineOutput(System.out)) {
      new TextInput(files, false)
          .forEach(
              line -> {
                var numbers = new StringJoiner(" ");
                for (float value : vectors.sentence(line)) {
                  numbers.add(String.format(Locale.ROOT, "%.6g", value));
                }
                out.line(numbers.toString());
              });
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }
}
