package dev.imago.suites;

import dev.imago.core.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One of a task's metrics.
///
/// @param match how texts are made alike before an exact match
record MetricSetting(
    String name, Aggregation aggregation, boolean higherIsBetter, ExactMatch match) {
  private static final Set<String> KEYS =
      Set.of(
          "metric",
          "aggregation",
          "higher_is_better",
          "hf_evaluate",
          "ignore_case",
          "ignore_punctuation",
          "ignore_numbers",
          "regexes_to_ignore");

  /// The metrics that an output has, each with how its items become one number.
  private static final Map<SuiteTask.Output, Map<String, Aggregation>> KNOWN =
      Map.of(
          SuiteTask.Output.LOGLIKELIHOOD,
          Map.of("perplexity", Aggregation.PERPLEXITY, "acc", Aggregation.MEAN),
          SuiteTask.Output.LOGLIKELIHOOD_ROLLING,
          Map.of(
              "word_perplexity",
              Aggregation.WEIGHTED_PERPLEXITY,
              "byte_perplexity",
              Aggregation.WEIGHTED_PERPLEXITY,
              "bits_per_byte",
              Aggregation.BITS_PER_BYTE),
          SuiteTask.Output.MULTIPLE_CHOICE,
          Map.of(
              "acc", Aggregation.MEAN,
              "acc_norm", Aggregation.MEAN,
              "acc_bytes", Aggregation.MEAN,
              "acc_mutual_info", Aggregation.MEAN,
              "exact_match", Aggregation.MEAN,
              "f1", Aggregation.F1,
              "mcc", Aggregation.MATTHEWS,
              "brier_score", Aggregation.BRIER),
          SuiteTask.Output.GENERATE_UNTIL,
          Map.of(
              "exact_match", Aggregation.MEAN,
              "bleu", Aggregation.BLEU,
              "chrf", Aggregation.CHRF,
              "chrf++", Aggregation.CHRF_WORDS,
              "ter", Aggregation.TER));

  private static final Map<SuiteTask.Output, List<String>> USUAL =
      Map.of(
          SuiteTask.Output.LOGLIKELIHOOD, List.of("perplexity", "acc"),
          SuiteTask.Output.LOGLIKELIHOOD_ROLLING,
              List.of("word_perplexity", "byte_perplexity", "bits_per_byte"),
          SuiteTask.Output.MULTIPLE_CHOICE, List.of("acc", "acc_norm"),
          SuiteTask.Output.GENERATE_UNTIL, List.of("exact_match"));

  private static final Set<String> LESS_IS_BETTER =
      Set.of(
          "perplexity",
          "word_perplexity",
          "byte_perplexity",
          "bits_per_byte",
          "brier_score",
          "ter");

  static List<MetricSetting> of(Settings task, SuiteTask.Output output) {
    Map<String, Aggregation> known = KNOWN.get(output);
    if (known == null) {
      throw new IllegalStateException("no metrics of " + output);
    }
    var metrics = new ArrayList<MetricSetting>();
    if (!task.has("metric_list")) {
      for (String name : USUAL.getOrDefault(output, List.of())) {
        metrics.add(
            new MetricSetting(
                name,
                java.util.Objects.requireNonNull(known.get(name)),
                !LESS_IS_BETTER.contains(name),
                ExactMatch.PLAIN));
      }
      return metrics;
    }
    for (Settings s : task.each("metric_list")) {
      s.only(KEYS);
      String name = s.text("metric").orElse("");
      Aggregation usual = known.get(name);
      if (usual == null) {
        throw new InputException(
            "%s: no metric «%s» of output_type %s is carried out; there are %s"
                .formatted(
                    task.file(),
                    name,
                    output.name().toLowerCase(java.util.Locale.ROOT),
                    String.join(", ", known.keySet().stream().sorted().toList())));
      }
      JsonNode higher = s.keys().path("higher_is_better");
      metrics.add(
          new MetricSetting(
              name,
              s.text("aggregation").map(a -> aggregation(s, a, usual)).orElse(usual),
              higher.isBoolean() ? higher.booleanValue() : !LESS_IS_BETTER.contains(name),
              match(s)));
    }
    return metrics;
  }

  private static Aggregation aggregation(Settings s, String name, Aggregation usual) {
    Aggregation named =
        Aggregation.named(name)
            .orElseThrow(() -> s.wrong("aggregation", String.join(", ", Aggregation.names())));
    if (named.takes() != usual.takes()) {
      throw s.wrong("aggregation", "one of the same kind as " + usual.spelling());
    }
    return named;
  }

  private static ExactMatch match(Settings s) {
    try {
      return ExactMatch.of(
          s.flag("ignore_case"),
          s.flag("ignore_punctuation"),
          s.flag("ignore_numbers"),
          s.texts("regexes_to_ignore").orElse(List.of()));
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: regexes_to_ignore: %s".formatted(s.file(), e.getMessage()), e);
    }
  }

  static Optional<MetricSetting> named(List<MetricSetting> all, String name) {
    return all.stream().filter(m -> m.name().equals(name)).findFirst();
  }
}
