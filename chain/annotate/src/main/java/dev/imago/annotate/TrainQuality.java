package dev.imago.annotate;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Labels;
import dev.imago.data.LinearClassifier;
import dev.imago.data.Split;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearModel;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.linear.Penalty;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.classification.ClassifiedText;
import dev.imago.tasks.classification.TextTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Learns which texts are good, from a user's examples of good and bad ones: a linear classifier,
/// which `prepare` asks of every document. Tells, of held-out labels, how many of either kind each
/// bound would let pass.
public final class TrainQuality
    extends Stage<TrainQuality.Inputs, TrainQuality.Config, TrainQuality.Outputs> {
  /// Bounds that are told of, as `prepare.prose.quality.minGood` has them.
  private static final double[] BOUNDS = {0.1, 0.3, 0.5, 0.7, 0.9};

  /// @param labels texts and whether they are good: of the task `classify`
  public record Inputs(Labels labels) {}

  /// @param good the class of good texts
  /// @param kind `logistic`, whose probabilities are such, or `nb_svm`, which ranks alone
  /// @param words the longest n-gram of words; an ideograph is one
  /// @param minimumTexts features in fewer texts are left out
  /// @param cost what an error costs beside the penalty of weights
  public record Config(String good, LinearKind kind, int words, int minimumTexts, double cost) {
    public Config {
      settings(kind, words, minimumTexts, cost);
    }

    public static Config defaults() {
      LinearSettings usual = LinearSettings.of(LinearKind.LOGISTIC);
      return new Config("good", usual.kind(), usual.words(), usual.minimumTexts(), usual.cost());
    }

    private static LinearSettings settings(
        LinearKind kind, int words, int minimumTexts, double cost) {
      try {
        return new LinearSettings(kind, words, 1, 0, minimumTexts, cost, Penalty.L2);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(String.valueOf(e.getMessage()), e);
      }
    }

    LinearSettings settings() {
      return settings(kind, words, minimumTexts, cost);
    }
  }

  /// @param quality the classifier
  public record Outputs(LinearClassifier quality) {}

  public TrainQuality() {
    super("quality", 1, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    if (!(Tasks.read(inputs.labels().folder()) instanceof Classification task)) {
      throw new InputException(
          "a classifier of quality learns from texts and their class: give rows with annotate.task"
              + " = classify");
    }
    if (!task.labels().contains(config.good())) {
      throw new InputException(
          "quality.good = «%s» is no class of the labels, which have %s"
              .formatted(config.good(), String.join(", ", task.labels())));
    }
    List<LinearTrainer.Example> examples =
        task.examples(inputs.labels().folder(), Split.TRAIN).stream()
            .map(each -> new LinearTrainer.Example(TextTask.joined(each), each.label()))
            .toList();
    LinearModel model = learned(examples, config, run.seed());
    Draft draft = run.draft(LinearClassifier.class, "quality");
    AtomicFile.replace(
        draft.folder().resolve(LinearClassifier.NAME), to -> LinearFile.write(model, to));
    run.note("%,d features of %,d texts".formatted(model.features(), examples.size()));
    tell(task.examples(inputs.labels().folder(), Split.HELDOUT), model, config.good(), run);
    return new Outputs(draft.commit(LinearClassifier.class));
  }

  private static LinearModel learned(
      List<LinearTrainer.Example> examples, Config config, long seed) {
    try {
      return LinearTrainer.train(examples, config.settings(), seed);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void tell(List<ClassifiedText> heldout, LinearModel model, String good, Run run) {
    int at = model.labels().indexOf(good);
    var rows = new ArrayList<List<String>>();
    for (double bound : BOUNDS) {
      int[] pass = new int[2];
      int[] all = new int[2];
      for (ClassifiedText each : heldout) {
        int side = each.label().equals(good) ? 0 : 1;
        all[side]++;
        pass[side] += model.probabilities(TextTask.joined(each))[at] >= bound ? 1 : 0;
      }
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.1f", bound),
              share(pass[0], all[0]),
              share(pass[1], all[1])));
    }
    run.table(
        "Held-out texts that pass",
        List.of("prepare.prose.quality.minGood", good, "all others"),
        rows);
  }

  private static String share(int pass, int all) {
    return "%,d of %,d".formatted(pass, all);
  }
}
