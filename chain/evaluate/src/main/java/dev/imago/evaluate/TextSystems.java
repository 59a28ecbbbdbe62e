package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.HeldOutLoss;
import dev.imago.data.HeldOutText;
import dev.imago.data.Labels;
import dev.imago.data.Ngrams;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Weights;
import dev.imago.metrics.Bootstrap;
import dev.imago.model.Output;
import dev.imago.tasks.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The systems that tell text: models of the next token, n-gram models, and retrieval for answers.
final class TextSystems {
  static final String BEATS_BIGRAM =
      "the pre-trained model beats the token bigram on held-out text";
  private static final String BASE = "base";

  /// The unit of losses, of which less is better.
  static final String BITS = "bits per byte";

  private static final String TEXT = "bits-per-byte.";
  private static final String PROBE = "public int read(byte[] b) // Überträgt 42 字节\n";

  /// Under so many units a bootstrap's interval is narrower than the truth. Efron & Tibshirani
  /// 1993, ch. 14.
  private static final int ROUGH_BELOW = 20;

  /// In the order in which they are measured: what is to be tuned last.
  private final Map<String, Weights> models;

  /// Those of them that stand beside the pre-trained one.
  private final Set<String> others;

  /// Of the held-out text; null where answers alone are measured.
  private final @Nullable Path tokens;

  private final List<Labels> labels;
  private final List<Ngrams> ngrams;
  private final Evaluate.Config config;
  private final TextModel.Opener opener;
  private final List<String> predictions = new ArrayList<>();
  private @Nullable Advice advice;

  /// What one model gives.
  ///
  /// @param loss empty for one that answers a source, which tells no probability of a text alone,
  ///   and where there is no text
  private record Measured(Optional<HeldOutLoss> loss, List<String> answers) {}

  private TextSystems(
      Map<String, Weights> models,
      Set<String> others,
      @Nullable Path tokens,
      List<Labels> labels,
      List<Ngrams> ngrams,
      Evaluate.Config config,
      TextModel.Opener opener) {
    this.models = models;
    this.others = others;
    this.tokens = tokens;
    this.labels = labels;
    this.ngrams = ngrams;
    this.config = config;
    this.opener = opener;
  }

  /// Those of some inputs; empty where no text is to be measured.
  static Optional<TextSystems> of(
      Evaluate.Inputs inputs, Evaluate.Config config, TextModel.Opener opener) {
    var models =
        new LinkedHashMap<>(
            Named.byArchitecture(inputs.models().stream().filter(TextSystems::tellsText).toList()));
    Set<String> others = Set.copyOf(models.keySet());
    inputs.base().filter(TextSystems::tellsText).ifPresent(base -> models.put(BASE, base));
    Map<String, Weights> tuned =
        Named.of(inputs.tuned().stream().filter(TextSystems::tellsText).toList());
    models.putAll(tuned);
    List<Labels> answers =
        inputs.labels().stream()
            .filter(l -> Tasks.read(l.folder()).output() instanceof Output.NextToken)
            .toList();
    boolean answering = !tuned.isEmpty() && !answers.isEmpty() && config.pairs() > 0;
    if (models.isEmpty() || inputs.tokens().isEmpty() && !answering) {
      return Optional.empty();
    }
    return Optional.of(
        new TextSystems(
            models,
            others,
            inputs.tokens().map(Tokens::folder).orElse(null),
            answers,
            inputs.ngrams(),
            config,
            opener));
  }

  private static boolean tellsText(Weights weights) {
    return Named.output(weights) instanceof Output.NextToken;
  }

  /// @return lines of samples
  List<String> measure(Report report, Run run) throws InterruptedException {
    HeldOutPairs pairs = pairs(run);
    var opened = new LinkedHashMap<String, TextModel>();
    var measured = new LinkedHashMap<String, Measured>();
    var counted = new ArrayList<CountedText>();
    var lines = new ArrayList<String>();
    try {
      for (Map.Entry<String, Weights> each : models.entrySet()) {
        opened.put(each.getKey(), opener.open(each.getValue().folder(), run.threads()));
      }
      agree(opened);
      TextModel last = opened.lastEntry().getValue();
      int context = opened.values().stream().mapToInt(TextModel::context).min().orElseThrow();
      if (!pairs.pairs().isEmpty()) {
        // An encoder reads the whole of what its decoder answers.
        boolean apart =
            last.shape().flatMap(s -> s.decoderStart().stream().boxed().findFirst()).isPresent();
        pairs =
            pairs.draw(
                config.pairs(), apart ? context : context - config.maxNewTokens(), last, run);
      }
      HeldOutText text =
          tokens == null ? null : heldOutText(tokens, opened.firstEntry().getValue(), context, run);
      // The very same ids for all, whatever template the base model has.
      List<int[]> prompts = pairs.pairs().stream().map(last::prompt).toList();
      for (Map.Entry<String, TextModel> each : opened.entrySet()) {
        String name = each.getKey().equals(BASE) ? "pre-trained" : each.getKey();
        List<int[]> asked = others.contains(each.getKey()) ? List.of() : prompts;
        measured.put(each.getKey(), measure(name, each.getValue(), text, asked, run));
      }
      advice = new Advice(last.card(), opened.getOrDefault(BASE, last).shape());
      report.protocol("pairs", pairs.pairs().size());
      if (tokens != null && text != null) {
        report.protocol("documents", text.documents());
        report.protocol("tokens", text.tokens());
        report.protocol("window", text.window());
        counted.addAll(CountedText.open(ngrams, tokens, run));
        counted.addFirst(CountedText.bigram(tokens, run.scratch()));
        report.protocol("bigramTokens", trainingTokens(tokens));
        measureText(report, text, measured, counted);
        if (!others.isEmpty() || !ngrams.isEmpty()) {
          lines.addAll(sideBySide(tokens, report, opened, counted, context, run));
        }
      }
    } finally {
      counted.forEach(CountedText::close);
      opened.values().forEach(TextModel::close);
    }
    if (pairs.pairs().isEmpty()) {
      return lines;
    }
    var answers = new LinkedHashMap<String, List<String>>();
    measured.forEach((name, m) -> answers.put(name, m.answers()));
    answers.keySet().removeAll(others);
    List<String> answered = pairs.measure(report, answers, run);
    predictions.addAll(pairs.predictions(answered));
    lines.addAll(answered.subList(0, Math.min(config.samples(), answered.size())));
    return lines;
  }

  /// A line for each held-out pair that was measured: its id, its answer, and what each system
  /// answers.
  List<String> predictions() {
    return List.copyOf(predictions);
  }

  /// @return lines of samples
  private List<String> sideBySide(
      Path tokens,
      Report report,
      Map<String, TextModel> opened,
      List<CountedText> counted,
      int context,
      Run run)
      throws InterruptedException {
    TextModel any = opened.values().iterator().next();
    var table = new SideBySide(tokens, any, context, config, run);
    for (CountedText each : counted) {
      table.add(each, report.find(TEXT + each.name()).orElseThrow());
    }
    try (Progress progress = run.progress("write on, and time it", opened.size(), "models")) {
      for (Map.Entry<String, TextModel> each : opened.entrySet()) {
        Optional<Score> bits = report.find(TEXT + each.getKey());
        if (bits.isPresent()) {
          Weights weights = Objects.requireNonNull(models.get(each.getKey()));
          table.add(each.getKey(), weights, each.getValue(), bits.get());
        }
        progress.add(1);
      }
    }
    return table.show();
  }

  /// Prints what would help, where a claim is not shown.
  void advise(Report report, Run run) {
    if (advice != null) {
      advice.show(report.comparisons(), run);
    }
  }

  private HeldOutPairs pairs(Run run) {
    boolean tuned = models.keySet().stream().anyMatch(n -> !n.equals(BASE) && !others.contains(n));
    if (config.pairs() == 0 || labels.isEmpty() || !tuned) {
      return HeldOutPairs.none();
    }
    if (labels.size() > 1) {
      run.note(
          "answers are measured on the last of %d labels of prompts and answers; bind one with evaluate.inputs"
              .formatted(labels.size()));
    }
    return HeldOutPairs.read(labels.getLast().folder(), run);
  }

  /// Models whose ids mean different things cannot be measured on the same tokens.
  private void agree(Map<String, TextModel> opened) {
    int encoded = tokens == null ? 0 : TokenShards.header(tokens).vocabularySize();
    int smallest = opened.values().stream().mapToInt(TextModel::vocabularySize).min().orElseThrow();
    if (smallest < encoded) {
      throw new InputException(
          "a model of %d ids cannot score tokens of a vocabulary of %d; encode the corpus with the model's own tokenizer"
              .formatted(smallest, encoded));
    }
    Map.Entry<String, TextModel> first = null;
    for (Map.Entry<String, TextModel> each : opened.entrySet()) {
      if (first == null) {
        first = each;
      } else if (!Arrays.equals(first.getValue().encode(PROBE), each.getValue().encode(PROBE))) {
        throw new InputException(
            "%s and %s have different tokenizers; compare a model with what was tuned from it"
                .formatted(folder(first.getKey()), folder(each.getKey())));
      }
    }
  }

  private @Nullable Path folder(String name) {
    Weights weights = models.get(name);
    return weights == null ? null : weights.folder();
  }

  private HeldOutText heldOutText(Path tokens, TextModel model, int context, Run run) {
    try (TokenShards heldout = TokenShards.open(tokens, Split.HELDOUT)) {
      var text =
          HeldOutText.draw(
              heldout,
              TokenShards.header(tokens).endOfText(),
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

  private Measured measure(
      String name, TextModel model, @Nullable HeldOutText text, List<int[]> prompts, Run run)
      throws InterruptedException {
    Optional<HeldOutLoss> loss = Optional.empty();
    if (model.shape().filter(shape -> shape.decoderStart().isPresent()).isPresent()) {
      run.note(
          "%s answers one text with another: its answers are measured, and no bits per byte"
              .formatted(name));
    } else if (text != null) {
      try (Progress progress =
          run.progress("score held-out text, " + name, text.tokens(), "tokens")) {
        loss = Optional.of(text.loss(model, progress));
      }
    }
    if (prompts.isEmpty()) {
      return new Measured(loss, List.of());
    }
    try (Progress progress =
        run.progress("answer held-out prompts, " + name, prompts.size(), "answers")) {
      return new Measured(loss, model.answers(prompts, config.maxNewTokens(), progress));
    }
  }

  private static long trainingTokens(Path tokens) {
    try (TokenShards train = TokenShards.open(tokens, Split.TRAIN)) {
      return train.size();
    }
  }

  private void measureText(
      Report report, HeldOutText text, Map<String, Measured> measured, List<CountedText> counted)
      throws InterruptedException {
    int n = text.units();
    var losses = new LinkedHashMap<String, HeldOutLoss>();
    measured.forEach((name, m) -> m.loss().ifPresent(loss -> losses.put(name, loss)));
    for (CountedText each : counted) {
      losses.put(each.name(), text.loss(each, Progress.NONE));
    }
    losses.forEach(
        (name, loss) ->
            report.measure(TEXT + name, BITS, n, Bootstrap.ratio(loss.bits(), loss.bytes())));
    if (n >= 2 && losses.containsKey(BASE)) {
      report.compare(BEATS_BIGRAM, TEXT + BASE, TEXT + CountedText.BIGRAM, true);
      Set<String> beside =
          counted.stream().skip(1).map(CountedText::name).collect(Collectors.toSet());
      for (String other : losses.keySet()) {
        if (others.contains(other) || beside.contains(other)) {
          report.compare(
              "the pre-trained model beats %s on held-out text".formatted(other),
              TEXT + BASE,
              TEXT + other,
              true);
        }
      }
    }
  }
}
