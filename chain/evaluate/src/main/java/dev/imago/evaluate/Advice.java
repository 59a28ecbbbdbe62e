package dev.imago.evaluate;

import dev.imago.core.Run;
import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which settings would help a model that loses, with numbers that fit its run: taken from its
/// card, which tells how much it read, and of how much.
///
/// Two rules of thumb: twenty tokens a parameter are worth reading (Hoffmann et al. 2022,
/// arXiv:2203.15556), and text read up to four times is nearly as good as new text (Muennighoff et
/// al. 2023, arXiv:2305.16264).
///
/// @param card of the tuned model
/// @param shape of the pre-trained one
record Advice(ModelCard card, Optional<ModelShape> shape) {
  private static final long TOKENS_A_PARAMETER = 20;
  private static final long PASSES = 4;

  /// A tenth more would change nothing that can be seen.
  private static final double WORTH = 1.5;

  /// Below this many pairs a tuned model has seen too few to learn the form of an answer.
  private static final long FEW_PAIRS = 5_000;

  /// One thing to change.
  ///
  /// @param setting as it stands on the command line
  /// @param why and what it costs
  record Change(String setting, String why) {
    List<String> row() {
      return List.of(setting, why);
    }
  }

  /// Prints what would help, where one of the claims that this is about is not shown.
  void show(List<Comparison> verdicts, Run run) {
    boolean text = lost(verdicts, TextSystems.BEATS_BIGRAM);
    boolean answers = lost(verdicts, HeldOutPairs.BEATS_RETRIEVAL);
    if (!text && !answers) {
      return;
    }
    var changes = new ArrayList<Change>(reading());
    if (answers) {
      changes.addAll(tuning());
    }
    if (!changes.isEmpty()) {
      run.table(
          answers ? "What would help the tuned model" : "What would help the pre-trained model",
          List.of("setting", "why"),
          changes.stream().map(Change::row).toList());
    }
  }

  private static boolean lost(List<Comparison> verdicts, String claim) {
    return verdicts.stream()
        .anyMatch(
            v ->
                v.claim().contains(claim)
                    && !v.shown()
                    && v.outcome() != Comparison.Outcome.TOO_FEW);
  }

  /// More tokens, a deeper model, or more text: what the corpus has room for.
  List<Change> reading() {
    ModelCard.Reading read = card.reading();
    if (read == null || card.parameters() == 0 || read.corpusTokens() == 0) {
      return List.of();
    }
    var changes = new ArrayList<Change>();
    long room = PASSES * read.corpusTokens();
    long useful = Math.min(TOKENS_A_PARAMETER * card.parameters(), room);
    if (useful > WORTH * read.tokens()) {
      long rounded = rounded(useful);
      changes.add(
          new Change(
              "pretrain.tokens=" + rounded,
              text(
                  "it read %,d of %,d tokens; %s the time of pretrain",
                  read.tokens(), read.corpusTokens(), times(rounded, read.tokens()))));
    }
    deeper(read, room).ifPresent(changes::add);
    if (TOKENS_A_PARAMETER * card.parameters() > WORTH * room) {
      changes.add(
          new Change(
              "--input PATH (more text)",
              text(
                  "%,d tokens, read up to %d times, are few for %,d parameters, which want %,d",
                  read.corpusTokens(),
                  PASSES,
                  card.parameters(),
                  TOKENS_A_PARAMETER * card.parameters())));
    }
    return changes;
  }

  /// The deepest model, at most twice as deep, for which the corpus still has tokens enough.
  private Optional<Change> deeper(ModelCard.Reading read, long room) {
    if (shape.isEmpty() || !byDepth(shape.get())) {
      return Optional.empty();
    }
    ModelShape now = shape.get();
    for (int depth = Math.min(64, 2 * now.layers()); depth > now.layers(); depth--) {
      long parameters =
          Architectures.ofDepth(now.architecture(), depth, now.vocabularySize(), now.context())
              .parameterCount();
      if (TOKENS_A_PARAMETER * parameters <= room) {
        long tokens = rounded(TOKENS_A_PARAMETER * parameters);
        double cost = (double) parameters * tokens / ((double) card.parameters() * read.tokens());
        return Optional.of(
            new Change(
                "pretrain.depth=%d pretrain.tokens=%d".formatted(depth, tokens),
                text(
                    "%,d parameters instead of %,d; about %s the time of pretrain",
                    parameters, card.parameters(), times(Math.round(cost), 1))));
      }
    }
    return Optional.empty();
  }

  /// Whether the model was made by the one dial, so that the dial can be turned.
  private static boolean byDepth(ModelShape config) {
    return config.layers() <= 64
        && Architectures.names().contains(config.architecture())
        && Architectures.ofDepth(
                config.architecture(), config.layers(), config.vocabularySize(), config.context())
            .equals(config);
  }

  /// More of the pairs that there are, or more pairs.
  List<Change> tuning() {
    ModelCard.Tuning tuned = card.tuning();
    if (tuned == null || tuned.pairs() == 0) {
      return List.of();
    }
    var changes = new ArrayList<Change>();
    long all = PASSES * tuned.pairs();
    if (all > WORTH * tuned.examples()) {
      changes.add(
          new Change(
              "tune.examples=" + rounded(all),
              text(
                  "it saw %,d examples of %,d pairs; %s the time of tune",
                  tuned.examples(), tuned.pairs(), times(rounded(all), tuned.examples()))));
    }
    if (tuned.pairs() < FEW_PAIRS) {
      changes.add(
          new Change(
              "more labelled pairs",
              text(
                  "%,d are few: more rows or documents give more; where rules make them, so do"
                      + " lower annotate.minWords and a higher annotate.maxWords",
                  tuned.pairs())));
    }
    return changes;
  }

  /// Two digits are as exact as the rule.
  private static long rounded(long number) {
    return new BigDecimal(number).round(new MathContext(2, RoundingMode.HALF_UP)).longValue();
  }

  private static String times(long many, long one) {
    double times = (double) many / one;
    return text(times < 9.95 ? "%.1f times" : "%.0f times", times);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
