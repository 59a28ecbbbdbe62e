package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.languages.LanguageIdentifier;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Diversity;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import dev.imago.metrics.RougeWords;
import dev.imago.metrics.StatedNumbers;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// The checks of answers that there are. Each is reported for itself: none of them is the truth of
/// an answer.
public final class AnswerChecks {
  private static final double CONFIDENCE = 0.95;

  /// Where a refusal says so, if it does, in characters.
  private static final int OPENING = 160;

  /// What begins a refusal, in English and Chinese, in small letters.
  private static final Pattern REFUSAL =
      Pattern.compile(
          "\\b(i|we)( am|'m| are|'re) (sorry|unable|not able|not allowed)\\b"
              + "|\\b(i|we) (can't|cannot|can not|won't|will not|must decline)\\b"
              + "|\\b(i )?apologi[sz]e\\b|\\bas an ai\\b|\\bagainst my (guidelines|programming)\\b"
              + "|抱歉|对不起|很遗憾|无法(回答|提供|满足|协助|帮助|生成)|不能(回答|提供|满足|协助|帮助|生成)|作为(一个|一名)?(人工智能|ai|语言模型)");

  private static final ObjectReader STRICT =
      JsonMapper.shared().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private AnswerChecks() {}

  /// A check that looks at one answer at a time.
  record Single(
      String name,
      String signature,
      boolean lowerIsBetter,
      Function<CheckedAnswer, Optional<ResponseCheck.Finding>> finds)
      implements ResponseCheck {
    @Override
    public List<Optional<Finding>> of(List<CheckedAnswer> answers) {
      return answers.stream().map(finds).toList();
    }
  }

  /// Whether the whole answer is one JSON value.
  public static ResponseCheck json() {
    return new Single(
        "json",
        "json|whole answer|rfc8259",
        false,
        a -> {
          try {
            value(a.text());
            return ResponseCheck.Finding.of(true, "");
          } catch (JacksonException e) {
            return ResponseCheck.Finding.of(false, e.getOriginalMessage());
          }
        });
  }

  /// @throws JacksonException for what is no JSON
  static JsonNode value(String text) {
    JsonNode value = STRICT.readTree(text);
    if (value.isMissingNode()) {
      throw new tools.jackson.core.exc.StreamReadException(null, "it is empty");
    }
    return value;
  }

  /// Whether an answer declines to be one, by how it begins.
  public static ResponseCheck refusal() {
    return new Single(
        "refusal",
        "refusal|phrases:en,zh|first " + OPENING + " characters|version:1",
        true,
        a -> {
          String head = a.text().substring(0, Math.min(OPENING, a.text().length()));
          var found = REFUSAL.matcher(head.toLowerCase(Locale.ROOT).replace('’', '\''));
          boolean refuses = found.find();
          return ResponseCheck.Finding.of(refuses, refuses ? "«" + found.group() + "»" : "");
        });
  }

  /// How far an answer repeats itself: the share of its runs of four words that stood in it before.
  public static ResponseCheck repetition() {
    var runs = new Diversity(4, RougeWords.CHARACTERS);
    return new Single(
        "repetition",
        "seq-rep-4|tok:characters",
        true,
        a -> {
          double share = runs.repeated(a.text());
          return Double.isNaN(share)
              ? Optional.empty()
              : Optional.of(
                  new ResponseCheck.Finding(
                      share,
                      share == 0
                          ? ""
                          : "%.0f%% of its runs of four words repeat".formatted(100 * share)));
        });
  }

  /// Whether an answer is in a language.
  ///
  /// @param language such as `en`
  /// @throws InputException for one that the model does not know
  public static ResponseCheck language(LanguageIdentifier identifier, String language) {
    // A label may name a script too: sr-Latn.
    Set<String> known =
        identifier.labels().stream()
            .map(l -> l.replaceFirst("-.*", ""))
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    if (!known.contains(language)) {
      throw new InputException(
          "the model of languages does not know «%s»; it knows %s"
              .formatted(language, String.join(", ", known)));
    }
    return new Single(
        "language",
        "language:" + language,
        false,
        a -> {
          String told = identifier.identify(a.text()).language();
          boolean is = told.equals(language);
          return ResponseCheck.Finding.of(is, is ? "" : "it is " + told);
        });
  }

  /// The share of an answer's numbers that stand in its source, by their values.
  public static ResponseCheck numbers() {
    return new Single(
        "numbers",
        "numbers|by value|unit:share of an answer's numbers",
        false,
        a -> {
          Set<String> said = StatedNumbers.of(a.text());
          Set<String> there = StatedNumbers.of(a.source());
          return supported(said, there::contains);
        });
  }

  /// Whether an answer is a JSON value that a schema allows.
  ///
  /// @param file the schema's, for messages and signatures
  /// @throws InputException for a broken schema
  public static ResponseCheck schema(String file, String schema) {
    return SchemaCheck.of(file, schema);
  }

  /// The share of an answer's entities that stand in its source.
  ///
  /// @param tagger a model of tags
  public static ResponseCheck entities(String name, Path tagger, int threads) {
    return EntityCheck.open(name, tagger, threads);
  }

  /// A pair whose class is known.
  public record KnownPair(String premise, String hypothesis, String label) {}

  /// Pairs of one origin, such as a file.
  public record KnownPairs(String name, List<KnownPair> pairs) {
    public KnownPairs {
      pairs = List.copyOf(pairs);
    }
  }

  /// The share of an answer's statements that its source entails, as a classifier of pairs tells.
  ///
  /// @param tests pairs that it has not learnt, by which its accuracy is told, of each origin
  /// @param sentences of a source that a statement is held against at a time, at most
  public static ResponseCheck entailment(
      String name, Path classifier, int threads, List<KnownPairs> tests, int sentences) {
    return EntailmentCheck.open(name, classifier, threads, tests, sentences);
  }

  /// What a check found of all answers.
  ///
  /// @param value the mean over those that it concerns; NaN where there are none
  /// @param interval Wilson's or the exact one of a share, else the bootstrap's, at 95 %
  /// @param findings of each answer
  public record Result(
      String name,
      String signature,
      boolean lowerIsBetter,
      double value,
      Interval interval,
      int concerned,
      List<Optional<ResponseCheck.Finding>> findings,
      List<String> notes) {
    public Result {
      findings = List.copyOf(findings);
      notes = List.copyOf(notes);
    }
  }

  /// Looks at answers.
  public static Result result(ResponseCheck check, List<CheckedAnswer> answers) {
    List<Optional<ResponseCheck.Finding>> findings = check.of(answers);
    double[] values =
        findings.stream().flatMap(Optional::stream).mapToDouble(f -> f.value()).toArray();
    Interval interval = interval(values);
    return new Result(
        check.name(),
        check.signature(),
        check.lowerIsBetter(),
        interval.value(),
        interval,
        values.length,
        findings,
        check.notes());
  }

  private static Interval interval(double[] values) {
    if (values.length == 0) {
      return new Interval(Double.NaN, Double.NaN, Double.NaN);
    }
    if (Arrays.stream(values).allMatch(v -> v == 0 || v == 1)) {
      long hits = Arrays.stream(values).filter(v -> v == 1).count();
      return Proportion.interval(hits, values.length, CONFIDENCE);
    }
    return new Bootstrap(1_000, CONFIDENCE, 1).interval(values.length, Bootstrap.mean(values));
  }

  /// @param is whether the source holds it
  /// @return empty where nothing is said
  static Optional<ResponseCheck.Finding> supported(
      Set<String> said, java.util.function.Predicate<String> is) {
    if (said.isEmpty()) {
      return Optional.empty();
    }
    List<String> without = said.stream().filter(is.negate()).toList();
    return Optional.of(
        new ResponseCheck.Finding(
            1 - (double) without.size() / said.size(),
            without.isEmpty() ? "" : "not in the source: " + String.join(", ", without)));
  }

  /// A text as names are looked for in it: one width, one case, one blank.
  static String plain(@Nullable String text) {
    return text == null
        ? ""
        : Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\s+", " ");
  }
}
