package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearModel;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.linear.Penalty;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Rows to a classifier.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a classifier on rows of a text and its class: JSONL, JSON, CSV, TSV (.gz too),",
      "or columns between tabs. With --folds, tell how well it does on rows that it has not seen."
    },
    footer = {"", "Example:  imago classify train reviews.csv --folds 5 --out reviews.linear"})
final class ClassifyTrainCommand implements Callable<Integer> {
  @ParentCommand private ClassifyCommand parent = new ClassifyCommand();
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Rows (default: standard input).", arity = "0..*")
  private List<Path> files = List.of();

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "nb_svm",
      description = {
        "nb_svm (default), logistic (tf-idf, with probabilities), or fasttext (vectors of words and"
            + " n-grams; writes its .bin)."
      })
  private Kind kind = Kind.NB_SVM;

  /// What is trained.
  enum Kind {
    NB_SVM,
    LOGISTIC,
    FASTTEXT
  }

  @Option(
      names = "--words",
      paramLabel = "N",
      defaultValue = "2",
      description = "The longest n-gram of words; an ideograph is one (default: 2; 0 for none).")
  private int words = 2;

  @Option(
      names = "--characters",
      split = ",",
      paramLabel = "FROM,TO",
      description = "The shortest and longest n-gram of characters (default: none).")
  private List<Integer> characters = List.of();

  @Option(
      names = "--minimum-texts",
      paramLabel = "N",
      defaultValue = "1",
      description = "Leave out features of fewer texts (default: 1).")
  private int minimumTexts = 1;

  @Option(
      names = "--cost",
      paramLabel = "C",
      description = "What an error costs beside the penalty (default: 0.1, of logistic 10).")
  private @Nullable Double cost;

  @Option(
      names = "--penalty",
      paramLabel = "KIND",
      defaultValue = "l2",
      description = "Of logistic: l2 (default), or l1, which leaves most weights at 0.")
  private Penalty penalty = Penalty.L2;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Tell the accuracy in cross-validation of so many folds.")
  private int folds;

  @Option(names = "--seed", paramLabel = "SEED", defaultValue = "42", description = "Default: 42.")
  private long seed = 42;

  @Option(names = "--out", paramLabel = "FILE", description = "Where the model goes.")
  private @Nullable Path out;

  @Mixin private FastTextOptions fastText = new FastTextOptions();

  @Mixin private ClassifyCommand.Fields fields = new ClassifyCommand.Fields();

  @Override
  public Integer call() {
    Path file = out;
    if (file == null && folds == 0) {
      throw new ConfigException("nothing is asked for: give --out, --folds or both");
    }
    if (kind == Kind.FASTTEXT) {
      return fastText(file);
    }
    refuseOfFastText();
    LinearSettings settings = settings();
    List<LinearTrainer.Example> examples = fields.read(files, parent.imago);
    ClassifyCommand.Fields.single(examples, "--kind " + kind.name().toLowerCase(Locale.ROOT));
    if (folds != 0) {
      double accuracy =
          NgramCommand.checked(() -> LinearTrainer.crossValidated(examples, settings, folds, seed));
      tell(accuracy, examples.size());
    }
    if (file != null) {
      LinearModel model = NgramCommand.checked(() -> LinearTrainer.train(examples, settings, seed));
      AtomicFile.replace(file, to -> LinearFile.write(model, to));
      if (!parent.imago.quiet) {
        System.err.printf(
            Locale.ROOT,
            "%s: %d classes, %,d features, of %,d texts%n",
            file,
            model.labels().size(),
            model.features(),
            examples.size());
      }
    }
    return 0;
  }

  /// What is fastText's alone is refused, not passed over.
  private void refuseOfFastText() {
    if (spec == null) {
      return;
    }
    for (String option : FastTextOptions.NAMES) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ConfigException(
            "%s is for --kind fasttext; add it, or leave %s out".formatted(option, option));
      }
    }
  }

  private int fastText(@Nullable Path file) {
    if (cost != null || penalty != Penalty.L2) {
      throw new ConfigException("--cost and --penalty are nothing to fasttext; leave them out");
    }
    checkCharacters();
    var settings =
        fastText.settings(
            words,
            characters.isEmpty() ? 0 : characters.getFirst(),
            characters.isEmpty() ? 0 : characters.getLast(),
            minimumTexts);
    if (file == null) {
      fastText.refuseOfFile();
    }
    List<LinearTrainer.Example> examples = fields.read(files, parent.imago);
    if (folds != 0) {
      ClassifyCommand.Fields.single(examples, "--folds");
      tell(
          NgramCommand.checked(
              () ->
                  LinearTrainer.crossValidated(
                      examples, train -> fastText.learn(train, settings, seed), folds, seed)),
          examples.size());
    }
    if (file != null) {
      fastText.write(examples, settings, seed, file, parent.imago.quiet);
    }
    return 0;
  }

  private void tell(double accuracy, int texts) {
    System.out.printf(
        Locale.ROOT, "accuracy %.4f of %,d texts in %d folds%n", accuracy, texts, folds);
  }

  private void checkCharacters() {
    if (!characters.isEmpty() && characters.size() != 2) {
      throw new ConfigException(
          "--characters = %s takes the shortest and the longest n-gram, such as 2,5"
              .formatted(characters));
    }
  }

  private LinearSettings settings() {
    checkCharacters();
    LinearKind linear = kind == Kind.LOGISTIC ? LinearKind.LOGISTIC : LinearKind.NB_SVM;
    LinearSettings usual = LinearSettings.of(linear);
    try {
      return new LinearSettings(
          linear,
          words,
          characters.isEmpty() ? 1 : characters.getFirst(),
          characters.isEmpty() ? 0 : characters.getLast(),
          minimumTexts,
          cost == null ? usual.cost() : cost,
          penalty);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
