package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.HeldOutText;
import dev.imago.data.Labels;
import dev.imago.data.Ngrams;
import dev.imago.data.Scores;
import dev.imago.data.TaskModels;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.metrics.Bootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Measures any number of models on what none has seen, each number with its interval.
///
/// - Models that tell the next token: bits per byte on held-out text ([HeldOutText] tells the
///   protocol), beside a token bigram over all training tokens and other n-gram models
///   ([CountedText]); and ROUGE-L and chrF on held-out pairs, beside the untuned model and the
///   answer to the most similar training prompt ([Retrieval]). Where fewer than two pairs are held
///   out, a note says so and text alone is measured. See [TextSystems].
/// - Several pre-trained models: the same, and a table of them side by side with what they cost and
///   how fast they train and write, and what each draws after the same beginnings. See
///   [SideBySide].
/// - Models that tell classes or tags: what their task measures on its held-out labels, beside its
///   baselines. See [LabelSystems].
///
/// Text is resampled by document; where one alone is held out, by its stretches of half a window.
/// Where a claim is not shown, the report says which settings would help ([Advice]).
///
/// Leaves `scores.json` (every [Score] and [Comparison]), `samples.jsonl` and, of labels,
/// `predictions.jsonl`: of each held-out example what it was given, and what each system tells.
/// Models run on the CPU runtime that serves them, so what is measured is what is served.
public final class Evaluate extends Stage<Evaluate.Inputs, Evaluate.Config, Evaluate.Outputs> {
  /// What every system tells of every held-out example of labels.
  static final String PREDICTIONS = "predictions.jsonl";

  private final TextModel.Opener opener;
  private final LabelModel.Opener predictors;

  /// @param base the pre-trained model
  /// @param models others that stand beside it, of any architectures, measured on text alone
  /// @param tuned models after tuning, of any tasks
  /// @param vocabulary their tokenizer
  /// @param tokens encoded documents, both sides of the split; without them, no text is measured
  /// @param labels of any tasks, both sides of the split; each model is measured on those of its
  ///   own
  /// @param ngrams models counted from the same tokens, measured on text beside the others
  public record Inputs(
      Optional<Weights> base,
      List<Weights> models,
      List<Weights> tuned,
      Optional<Vocabulary> vocabulary,
      Optional<Tokens> tokens,
      List<Labels> labels,
      List<Ngrams> ngrams) {
    public Inputs {
      models = List.copyOf(models);
      tuned = tuned.stream().flatMap(m -> TaskModels.all(m).stream()).toList();
      labels = List.copyOf(labels);
      ngrams = List.copyOf(ngrams);
    }
  }

  /// @param heldoutTokens held-out tokens to score, about: 1,024 at least
  /// @param window tokens that a model sees at once, where its context allows: 2 … 131,072
  /// @param pairs held-out pairs to answer: 2 at least, or 0 to measure text alone
  /// @param maxNewTokens where an answer is cut off: 1 … 4,096
  /// @param resamples bootstrap draws: 100 … 1,000,000
  /// @param confidence the share of draws inside an interval: above 0.5, below 1
  /// @param samples answers to show: 0 … pairs
  /// @param continuations held-out beginnings that each of several models goes on from: 0 … 20
  public record Config(
      long heldoutTokens,
      int window,
      int pairs,
      int maxNewTokens,
      int resamples,
      double confidence,
      int samples,
      int continuations) {
    public Config {
      within("heldoutTokens", heldoutTokens, 1024, Long.MAX_VALUE);
      within("window", window, 2, 131_072);
      within("pairs", pairs, 0, Integer.MAX_VALUE);
      if (pairs == 1) {
        throw new IllegalArgumentException(
            "pairs = 1 gives no interval; use 2 or more, or 0 to measure text alone");
      }
      within("maxNewTokens", maxNewTokens, 1, 4096);
      within("resamples", resamples, 100, 1_000_000);
      if (!(confidence > 0.5 && confidence < 1)) {
        throw new IllegalArgumentException(
            "confidence = " + confidence + " is outside 0.5 … 1; the usual one is 0.95");
      }
      within("samples", samples, 0, pairs);
      within("continuations", continuations, 0, 20);
    }

    public static Config defaults() {
      return new Config(65_536, 1024, 200, 48, 1000, 0.95, 5, 3);
    }

    private static void within(String name, long value, long low, long high) {
      if (value < low || value > high) {
        throw new IllegalArgumentException(
            high == Long.MAX_VALUE || high == Integer.MAX_VALUE
                ? "%s = %d is below %d".formatted(name, value, low)
                : "%s = %d is outside %d … %d".formatted(name, value, low, high));
      }
    }
  }

  public record Outputs(Scores scores) {}

  public Evaluate() {
    this(RuntimeModel::open, LabelModel::open);
  }

  Evaluate(TextModel.Opener opener, LabelModel.Opener predictors) {
    super("evaluate", 6, Inputs.class, Config.defaults(), Outputs.class);
    this.opener = opener;
    this.predictors = predictors;
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    var report = new Report(new Bootstrap(config.resamples(), config.confidence(), run.seed()));
    var samples = new ArrayList<String>();
    var text = TextSystems.of(inputs, config, opener);
    if (text.isPresent()) {
      samples.addAll(text.get().measure(report, run));
    }
    var labelled = new LabelSystems(inputs, config, predictors);
    samples.addAll(labelled.measure(report, run));
    samples.addAll(new SearchSystems(inputs, config, predictors).measure(report, run));
    if (report.scores().isEmpty()) {
      throw new InputException(
          "there is nothing to measure: no model for the next token with tokens or held-out"
              + " answers, and none whose classes or tags are those of the labels; bind models,"
              + " tokens and labels that belong together (evaluate.inputs)");
    }
    report.show(run);
    text.ifPresent(systems -> systems.advise(report, run));
    Draft draft = run.draft(Scores.class, "scores");
    report.write(draft.folder().resolve("scores.json"));
    AtomicFile.write(
        draft.folder().resolve("samples.jsonl"),
        samples.stream().map(line -> line + "\n").collect(Collectors.joining()));
    var predictions = new ArrayList<>(labelled.predictions());
    text.ifPresent(systems -> predictions.addAll(systems.predictions()));
    if (!predictions.isEmpty()) {
      AtomicFile.write(
          draft.folder().resolve(PREDICTIONS),
          predictions.stream().map(l -> l + "\n").collect(Collectors.joining()));
    }
    return new Outputs(draft.commit(Scores.class));
  }
}
