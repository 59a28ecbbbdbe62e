package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Nearest;
import dev.imago.metrics.AnswerMatch;
import dev.imago.metrics.Bleu;
import dev.imago.metrics.BleuTokenizer;
import dev.imago.metrics.Chrf;
import dev.imago.metrics.ErrorRate;
import dev.imago.metrics.Rouge;
import dev.imago.metrics.RougeWords;
import dev.imago.metrics.Ter;
import dev.imago.metrics.TextMetric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which metrics of texts, and each choice that changes their numbers.
final class MetricOptions {
  /// The options' names.
  static final Set<String> OPTIONS =
      Set.of(
          "--metric",
          "--tokenize",
          "--smooth",
          "--smooth-value",
          "--max-ngram-order",
          "--effective-order",
          "--lowercase",
          "--rouge-stemmer",
          "--rouge-words",
          "--answers");

  private static final List<String> NAMES =
      List.of(
          "bleu",
          "chrf",
          "chrf++",
          "ter",
          "rouge",
          "rouge1",
          "rouge2",
          "rougeL",
          "rougeLsum",
          "exact",
          "f1",
          "wer",
          "cer");

  private static final List<RougeWords> ROUGE_WORDS =
      List.of(RougeWords.ROUGE_SCORE, RougeWords.CHARACTERS, RougeWords.SPACED);

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      split = ",",
      description = {
        "bleu, chrf, chrf++, ter, rouge (rouge1, rouge2, rougeL and rougeLsum, or one of them),",
        "exact and f1 of answers, wer, cer; several between commas (default: bleu,chrf,ter)."
      })
  private List<String> metrics = List.of("bleu", "chrf", "ter");

  @Option(
      names = "--tokenize",
      paramLabel = "NAME",
      description = "BLEU's words: 13a (default), intl, char, zh or none, as sacreBLEU has them.")
  private String tokenizer = BleuTokenizer.WMT_13A.key();

  @Option(
      names = "--smooth",
      paramLabel = "NAME",
      description = "BLEU's smoothing: exp (default), floor, add-k or none.")
  private String smoothing = Bleu.Smoothing.EXP.key();

  @Option(
      names = "--smooth-value",
      paramLabel = "X",
      description = "Of floor (default: 0.1) and add-k (default: 1).")
  private @Nullable Double smoothingValue;

  @Option(
      names = "--max-ngram-order",
      paramLabel = "N",
      description = "BLEU's longest n-gram (default: 4).")
  private int order = 4;

  @Option(
      names = "--effective-order",
      description = "BLEU leaves out orders that are longer than the text, as suits single ones.")
  private boolean effectiveOrder;

  @Option(
      names = "--lowercase",
      description = "Case does not count in BLEU and chrF. (In TER it never does.)")
  private boolean lowercase;

  @Option(
      names = "--rouge-stemmer",
      description = "ROUGE compares the stems of English words (Porter's, as rouge_score).")
  private boolean stemmer;

  @Option(
      names = "--rouge-words",
      paramLabel = "NAME",
      description = {
        "ROUGE's words: rouge_score (default; a-z and 0-9 only: Chinese scores 0), characters",
        "(words of any script, single characters of Chinese, Japanese, Thai) or spaced (parted by",
        "blanks already)."
      })
  private String rougeWords = RougeWords.ROUGE_SCORE.name();

  @Option(
      names = "--answers",
      paramLabel = "NAME",
      description = "Rules of exact and f1: squad-1.1 (default), squad-2.0 or cmrc2018.")
  private String answers = AnswerMatch.Form.SQUAD_1.key();

  List<TextMetric> metrics() {
    var chosen = new ArrayList<TextMetric>();
    for (String name : metrics) {
      chosen.addAll(metrics(name));
    }
    return chosen;
  }

  private List<TextMetric> metrics(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "bleu" -> List.of(bleu());
      case "chrf" -> List.of(new Chrf(6, 0, 2, lowercase, false, false));
      case "chrf++" -> List.of(new Chrf(6, 2, 2, lowercase, false, false));
      case "ter" -> List.of(Ter.standard());
      case "rouge" -> Arrays.stream(Rouge.Variant.values()).map(this::rouge).toList();
      case "rouge1" -> List.of(rouge(Rouge.Variant.ROUGE_1));
      case "rouge2" -> List.of(rouge(Rouge.Variant.ROUGE_2));
      case "rougel" -> List.of(rouge(Rouge.Variant.ROUGE_L));
      case "rougelsum" -> List.of(rouge(Rouge.Variant.ROUGE_L_SUM));
      case "exact" -> List.of(answer(AnswerMatch.Measured.EXACT));
      case "f1" -> List.of(answer(AnswerMatch.Measured.F1));
      case "wer" -> List.of(new ErrorRate(ErrorRate.Unit.WORDS));
      case "cer" -> List.of(new ErrorRate(ErrorRate.Unit.CHARACTERS));
      default -> throw unknown("--metric", name, NAMES);
    };
  }

  /// The score of all texts.
  ///
  /// @param counts of each
  /// @throws InputException where it has no value
  static double score(TextMetric metric, double[][] counts) {
    double score = metric.score(TextMetric.sum(counts));
    if (!Double.isFinite(score)) {
      throw new InputException(
          "%s has no value: the references are all empty; are the files the wrong way round?"
              .formatted(metric.name()));
    }
    return score;
  }

  private TextMetric bleu() {
    Bleu.Smoothing by = named("--smooth", smoothing, Bleu.Smoothing.values(), Bleu.Smoothing::key);
    try {
      return new Bleu(
          named("--tokenize", tokenizer, BleuTokenizer.values(), BleuTokenizer::key),
          by,
          smoothingValue == null ? by.usual() : smoothingValue,
          order,
          lowercase,
          effectiveOrder);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("BLEU: " + e.getMessage());
    }
  }

  private TextMetric rouge(Rouge.Variant variant) {
    return new Rouge(
        variant,
        stemmer,
        named(
            "--rouge-words", rougeWords, ROUGE_WORDS.toArray(RougeWords[]::new), RougeWords::name));
  }

  private TextMetric answer(AnswerMatch.Measured measured) {
    return new AnswerMatch(
        measured, named("--answers", answers, AnswerMatch.Form.values(), AnswerMatch.Form::key));
  }

  private static <T> T named(String option, String name, T[] all, Function<T, String> key) {
    return Stream.of(all)
        .filter(each -> key.apply(each).equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> unknown(option, name, Stream.of(all).map(key).toList()));
  }

  private static ConfigException unknown(String option, String name, List<String> all) {
    return new ConfigException(
        "%s %s: there is no such thing; there are %s%s"
            .formatted(
                option,
                name,
                all.stream().collect(Collectors.joining(", ")),
                Nearest.to(name, all).map(n -> "; did you mean " + n + "?").orElse("")));
  }
}
