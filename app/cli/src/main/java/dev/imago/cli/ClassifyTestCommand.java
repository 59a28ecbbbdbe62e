package dev.imago.cli;

import dev.imago.annotate.TextClassifier;
import dev.imago.linear.LinearTrainer;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.classification.Classification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// How well a classifier does on rows.
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Tell accuracy and macro F1 on rows with their class, and both by class.",
    footer = {"", "Example:  imago classify test reviews.linear held-out.csv"})
final class ClassifyTestCommand implements Callable<Integer> {
  @ParentCommand private ClassifyCommand parent = new ClassifyCommand();

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train wrote.")
  private Path model = Path.of("model.linear");

  @Parameters(index = "1..*", paramLabel = "FILE", description = "Rows (default: standard input).")
  private List<Path> files = List.of();

  @Option(names = "--raw", description = "Of fasttext: words are what stands between blanks.")
  private boolean raw;

  @Mixin private ClassifyCommand.Fields fields = new ClassifyCommand.Fields();

  @Override
  public Integer call() {
    TextClassifier opened = TextClassifier.open(model, raw);
    List<LinearTrainer.Example> examples = fields.read(files, parent.imago);
    if (examples.stream().anyMatch(e -> ClassifyCommand.Fields.labels(e.label()).size() > 1)) {
      several(opened, examples);
      return 0;
    }
    List<List<String>> gold =
        examples.stream().map(e -> List.of(opened.written(e.label()))).toList();
    List<List<String>> told =
        examples.parallelStream().map(e -> List.of(opened.told(e.text()).label())).toList();
    var labels = new TreeSet<>(opened.labels());
    gold.forEach(labels::addAll);
    LabelTask<?> task = new Classification(List.copyOf(labels));
    int[] all = IntStream.range(0, examples.size()).toArray();
    task.measures(gold, told)
        .forEach(
            m -> System.out.printf(Locale.ROOT, "%s %.4f%n", m.name(), m.of().applyAsDouble(all)));
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("label", "there", "told", "precision", "recall", "F1"));
    rows.addAll(task.byLabel(gold, told));
    rows.forEach(row -> System.out.println(String.join("\t", row)));
    return 0;
  }

  /// Of rows with several labels, as fastText's `test` tells: the likeliest label of each text
  /// among all labels told, and among all that are there.
  private static void several(TextClassifier opened, List<LinearTrainer.Example> examples) {
    long right = 0;
    long told = 0;
    long there = 0;
    for (LinearTrainer.Example each : examples) {
      List<String> gold =
          ClassifyCommand.Fields.labels(each.label()).stream().map(opened::written).toList();
      String label = opened.told(each.text()).label();
      right += gold.contains(label) ? 1 : 0;
      told += label.isEmpty() ? 0 : 1;
      there += gold.size();
    }
    System.out.printf(
        Locale.ROOT,
        "precision %.4f%nrecall %.4f%n%,d texts, %,d labels%n",
        told == 0 ? 0 : (double) right / told,
        (double) right / there,
        examples.size(),
        there);
  }
}
