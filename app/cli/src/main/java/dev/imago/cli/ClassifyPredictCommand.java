package dev.imago.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// The classes of lines.
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Tell the class of lines of text: of each a line of class, how sure, and text.",
    footer = {"", "Example:  echo 'What a film!' | imago classify predict reviews.linear"})
final class ClassifyPredictCommand implements Callable<Integer> {
  @ParentCommand private ClassifyCommand parent = new ClassifyCommand();

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train wrote.")
  private Path model = Path.of("model.linear");

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      description = "Texts, a line each (default: standard input).")
  private List<Path> files = List.of();

  @Option(names = "--whole", description = "A text is a whole file, not a line.")
  private boolean whole;

  @Option(names = "--raw", description = "Of fasttext: words are what stands between blanks.")
  private boolean raw;

  @Override
  public Integer call() {
    TextClassifier opened = TextClassifier.open(model, raw);
    try (var out = new LineOutput(System.out)) {
      new TextInput(files, whole).forEach(text -> out.line(told(opened, text)));
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private static String told(TextClassifier opened, String text) {
    TextClassifier.Told told = opened.told(text);
    return String.format(
        Locale.ROOT,
        "%s\t%.4f\t%s",
        told.label(),
        told.probability(),
        text.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
