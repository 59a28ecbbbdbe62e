package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.HeldOutText;
import dev.imago.data.Labels;
import dev.imago.data.Scores;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Measures a pre-trained and a tuned model on what neither has seen, each number with its
/// interval.
///
/// - Bits per byte on held-out text ([HeldOutText] tells the protocol), beside a token bigram over
///   all training tokens ([KneserNey]).
/// - ROUGE-L and chrF on held-out pairs: the tuned model, the untuned one, and the answer to the
///   most similar training prompt ([Retrieval]). Where fewer than two pairs are held out, a note
///   says so and text alone is measured.
///
/// Text is resampled by document; where one alone is held out, by its stretches of half a window.
/// Where a claim is not shown, the report says which settings would help ([Advice]).
///
/// Leaves `scores.json` (every [Score] and [Comparison]) and `samples.jsonl`. Models run on the CPU
/// runtime that serves them, so what is measured is what is served.
public final class Evaluate extends Stage<Evaluate.Inputs, Evaluate.Config, Evaluate.Outputs> {
  static final String BEATS_BIGRAM =
      "the pre-trained model beats the token bigram on held-out text";
  private static final String BITS = "bits per byte";
  private static final String PROBE = "public int read(byte[] b) // Überträgt 42 字节\n";

  private final Model.Opener opener;

  /// @param base the pre-trained model
  /// @param tuned the same after supervised tuning
  /// @param vocabulary their tokenizer
  /// @param tokens encoded documents, both sides of the split
  /// @param labels pairs, both sides of the split
  public record Inputs(
      Weights base, Weights tuned, Vocabulary vocabulary, Tokens tokens, Labels labels) {}

  /// @param heldoutTokens held-out tokens to score, about: 1,024 at least
  /// @param window tokens that a model sees at once, where its context allows: 2 … 131,072
  /// @param pairs held-out pairs to answer: 2 at least, or 0 to measure text alone
  /// @param maxNewTokens where an answer is cut off: 1 … 4,096
  /// @param resamples bootstrap draws: 100 … 1,000,000
  /// @param confidence the share of draws inside an interval: above 0.5, below 1
  /// @param samples answers to show: 0 … pairs
  public record Config(
      long heldoutTokens,
      int window,
      int pairs,
      int maxNewTokens,
      int resamples,
      double confidence,
      int samples) {
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
    }

    public static Config defaults() {
      return new Config(65_536, 1024, 200, 48, 1000, 0.95, 5);
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
    this(ServedModel::open);
  }

  Evaluate(Model.Opener opener) {
    super("evaluate", 2, Inputs.class, Config.defaults(), Outputs.class);
    this.opener = opener;
  }

  /// What one model gives.
  private record Measured(double[] bits, List<String> answers) {}

  /// Under so many units a bootstrap's interval is narrower than the truth. Efron & Tibshirani
  /// 1993, ch. 14.
  private static final int ROUGH_BELOW = 20;

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    var report = new Report(new Bootstrap(config.resamples(), config.confidence(), run.seed()));
    Path tokens = inputs.tokens().folder();
    HeldOutPairs pairs =
        config.pairs() == 0
            ? HeldOutPairs.none()
            : HeldOutPairs.read(inputs.labels().folder(), run);
    HeldOutText text;
    Measured base;
    Measured tuned;
    Advice advice;
    try (Model baseModel = opener.open(inputs.base().folder(), run.threads());
        Model tunedModel = opener.open(inputs.tuned().folder(), run.threads())) {
      agree(inputs, baseModel, tunedModel);
      int context = Math.min(baseModel.context(), tunedModel.context());
      if (!pairs.pairs().isEmpty()) {
        int room = context - config.maxNewTokens();
        pairs = pairs.draw(config.pairs(), room, tunedModel, run);
      }
      text = heldOutText(tokens, baseModel, context, config, run);
      // The very same ids for both, whatever template the base model has.
      List<int[]> prompts =
          pairs.pairs().stream().map(pair -> tunedModel.prompt(pair.given())).toList();
      base = measure("pre-trained", baseModel, text, prompts, config, run);
      tuned = measure("tuned", tunedModel, text, prompts, config, run);
      advice = new Advice(tunedModel.card(), baseModel.shape());
    }
    report.protocol("documents", text.documents());
    report.protocol("tokens", text.tokens());
    report.protocol("window", text.window());
    report.protocol("pairs", pairs.pairs().size());
    measureText(report, text, base, tuned, bigram(tokens, report));
    List<HeldOutPairs.Sample> samples =
        pairs.pairs().isEmpty()
            ? List.of()
            : pairs.measure(report, tuned.answers(), base.answers(), run);
    report.show(run);
    advice.show(report.comparisons(), run);
    Draft draft = run.draft(Scores.class, "scores");
    report.write(draft.folder().resolve("scores.json"));
    AtomicFile.write(
        draft.folder().resolve("samples.jsonl"),
        HeldOutPairs.lines(samples.subList(0, Math.min(config.samples(), samples.size()))));
    return new Outputs(draft.commit(Scores.class));
  }

  /// Models whose ids mean different things cannot be measured on the same tokens.
  private static void agree(Inputs inputs, Model base, Model tuned) {
    int encoded = TokenShards.header(inputs.tokens().folder()).vocabularySize();
    int smaller = Math.min(base.vocabularySize(), tuned.vocabularySize());
    if (smaller < encoded) {
      throw new InputException(
          "a model of %d ids cannot score tokens of a vocabulary of %d; encode the corpus with the model's own tokenizer"
              .formatted(smaller, encoded));
    }
    if (!Arrays.equals(base.encode(PROBE), tuned.encode(PROBE))) {
      throw new InputException(
          "%s and %s have different tokenizers; compare a model with what was tuned from it"
              .formatted(inputs.base().folder(), inputs.tuned().folder()));
    }
  }

  private static HeldOutText heldOutText(
      Path folder, Model model, int context, Config config, Run run) {
    try (TokenShards heldout = TokenShards.open(folder, Split.HELDOUT)) {
      var text =
          HeldOutText.draw(
              heldout,
              TokenShards.header(folder).endOfText(),
              model.tokenBytes(),
              Math.max(2, Math.min(config.window(), context)),
              config.heldoutTokens(),
              run.seed());
      if (text.units() < 2) {
        run.note(
            "held-out text is one stretch of %d tokens: its numbers have no interval and are not compared; give more documents"
                .formatted(text.tokens()));
      } else if (text.documents() < 2) {
        run.note(
            "one document is held out: the intervals come from its %d stretches and say nothing of other documents"
                .formatted(text.units()));
      } else if (text.documents() < ROUGH_BELOW) {
        run.note(
            "%d documents are held out: intervals from so few are narrower than the truth; a larger prepare.heldoutFraction gives more"
                .formatted(text.documents()));
      }
      return text;
    }
  }

  private static Measured measure(
      String name, Model model, HeldOutText text, List<int[]> prompts, Config config, Run run)
      throws InterruptedException {
    double[] bits;
    try (Progress progress =
        run.progress("score held-out text, " + name, text.tokens(), "tokens")) {
      bits = text.bits(model, progress);
    }
    if (prompts.isEmpty()) {
      return new Measured(bits, List.of());
    }
    try (Progress progress =
        run.progress("answer held-out prompts, " + name, prompts.size(), "answers")) {
      return new Measured(bits, model.answers(prompts, config.maxNewTokens(), progress));
    }
  }

  private static Baseline bigram(Path folder, Report report) throws InterruptedException {
    try (TokenShards train = TokenShards.open(folder, Split.TRAIN)) {
      if (train.size() < 2) {
        throw new InputException(
            "training tokens = %d in %s: the bigram baseline has nothing to count; give more documents"
                .formatted(train.size(), folder));
      }
      report.protocol("bigramTokens", train.size());
      return new KneserNey(new BigramCounts(train));
    }
  }

  private static void measureText(
      Report report, HeldOutText text, Measured base, Measured tuned, Baseline bigram)
      throws InterruptedException {
    double[] bytes = text.bytes();
    int n = text.units();
    report.measure("bits-per-byte.base", BITS, n, Bootstrap.ratio(base.bits(), bytes));
    report.measure("bits-per-byte.tuned", BITS, n, Bootstrap.ratio(tuned.bits(), bytes));
    report.measure(
        "bits-per-byte.bigram", BITS, n, Bootstrap.ratio(text.bits(bigram, Progress.NONE), bytes));
    if (n >= 2) {
      report.compare(BEATS_BIGRAM, "bits-per-byte.base", "bits-per-byte.bigram", true);
    }
  }
}
