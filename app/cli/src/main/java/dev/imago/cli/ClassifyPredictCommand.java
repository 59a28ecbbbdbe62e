package dev.imago.cli;

import dev.imago.annotate.TextClassifier;
import dev.imago.core.Bounds;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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
  private static final Pattern BREAK = Pattern.compile("\\s*\\R\\s*");

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

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many classes are told, the likeliest first (default: 1).")
  private int count = 1;

  @Option(
      names = "--threshold",
      paramLabel = "P",
      defaultValue = "0",
      description = "Leave out less sure ones (default: 0).")
  private double threshold;

  @Override
  public Integer call() {
    Bounds.whole("--count", count, 1, 1_000_000, "1 is usual");
    Bounds.number("--threshold", threshold, 0, 1, "0 leaves out none");
    TextClassifier opened = TextClassifier.open(model, raw);
    try (var out = new LineOutput(System.out)) {
      new TextInput(files, whole).forEach(text -> out.line(told(opened, text)));
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private String told(TextClassifier opened, String text) {
    var line = new StringBuilder();
    List<TextClassifier.Told> likeliest =
        count == 1 ? List.of(opened.told(text)) : opened.told(text, count);
    for (TextClassifier.Told told : likeliest) {
      if (told.probability() >= threshold) {
        line.append(told.label()).append('\t');
        probability(line, told.probability());
        line.append('\t');
      }
    }
    if (line.isEmpty()) {
      line.append("\t0.0000\t");
    }
    return line.append(oneLine(text.strip())).toString();
  }

  /// Four digits behind the point, as `%.4f`.
  private static void probability(StringBuilder to, double p) {
    long parts = Math.round(p * 10_000);
    to.append(parts / 10_000).append('.');
    String rest = Long.toString(parts % 10_000 + 10_000);
    to.append(rest, 1, rest.length());
  }

  private static String oneLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' && c != '\t' || c == '\u0085' || c == '\u2028' || c == '\u2029') {
        return BREAK.matcher(text).replaceAll(" ");
      }
    }
    return text;
  }
}
