package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Metrics of texts beside their references, on what `conformance/text_metrics.py` says.
class TextMetricsTest {
  private static final double EQUAL = 1e-9;

  @Test
  void everyMetricHasItsReferencesValues() throws Exception {
    compare(MetricReferences.recorded("text-metrics.json"));
  }

  @Test
  @Tag("conformance")
  void everyMetricHasItsReferencesValuesOnNewCases(@TempDir Path folder) throws Exception {
    compare(MetricReferences.asked(folder, "text_metrics.py", 1000));
  }

  private static void compare(JsonNode answers) {
    var hypotheses = new ArrayList<String>();
    var references = new ArrayList<List<String>>();
    for (JsonNode each : answers.get("cases")) {
      hypotheses.add(each.get("hypothesis").asString());
      references.add(MetricReferences.strings(each.get("references")));
    }
    Stream<Executable> metrics =
        answers
            .get("metrics")
            .valueStream()
            .map(expected -> () -> compare(expected, hypotheses, references));
    Stream<Executable> stems =
        answers
            .get("stems")
            .propertyStream()
            .map(
                stem ->
                    () ->
                        assertEquals(
                            stem.getValue().asString(),
                            PorterStemmer.stem(stem.getKey()),
                            stem.getKey()));
    assertAll(Stream.concat(metrics, stems));
  }

  private static void compare(
      JsonNode expected, List<String> hypotheses, List<List<String>> several) {
    String spec = expected.get("spec").asString();
    TextMetric metric = metric(spec);
    List<List<String>> references =
        metric instanceof ErrorRate
            ? several.stream().map(r -> List.of(r.getFirst())).toList()
            : several;
    assertEquals(expected.get("name").asString(), metric.name(), spec);
    if (!expected.get("signature").asString().isEmpty()) {
      assertEquals(expected.get("signature").asString(), metric.signature(0), spec);
    }
    for (int i = 0; i < hypotheses.size(); i++) {
      JsonNode theirs = expected.get("sentences").get(i);
      double ours = metric.sentence(hypotheses.get(i), references.get(i));
      String of = spec + " of " + i + ": «" + hypotheses.get(i) + "» «" + references.get(i) + "»";
      assertEquals(theirs.isNull(), !Double.isFinite(ours), of);
      if (!theirs.isNull()) {
        assertEquals(theirs.asDouble(), ours, tolerance(metric, theirs.asDouble()), of);
      }
    }
    double corpus = expected.get("corpus").asDouble();
    assertEquals(corpus, metric.corpus(hypotheses, references), tolerance(metric, corpus), spec);
  }

  /// torchmetrics' error rates are floats of 32 bits; the others are told in thirteen digits, of
  /// which a rate of errors may have five before its point.
  private static double tolerance(TextMetric metric, double value) {
    return metric instanceof ErrorRate ? 1e-6 * Math.max(1, value) : Math.max(EQUAL, 1e-12 * value);
  }

  private static TextMetric metric(String spec) {
    List<String> words = Arrays.asList(spec.split(" "));
    return switch (words.getFirst()) {
      case "bleu" -> bleu(words);
      case "chrf" ->
          new Chrf(
              6,
              words.contains("words=2") ? 2 : 0,
              2,
              words.contains("lc"),
              words.contains("space"),
              words.contains("eps"));
      case "ter" ->
          new Ter(
              words.contains("norm"),
              words.contains("nopunct"),
              words.contains("asian"),
              words.contains("case"));
      case "wer" -> new ErrorRate(ErrorRate.Unit.WORDS);
      case "cer" -> new ErrorRate(ErrorRate.Unit.CHARACTERS);
      case "squad-1.1" -> answer(words, AnswerMatch.Form.SQUAD_1);
      case "squad-2.0" -> answer(words, AnswerMatch.Form.SQUAD_2);
      case "cmrc2018" -> answer(words, AnswerMatch.Form.CMRC);
      default ->
          new Rouge(
              Arrays.stream(Rouge.Variant.values())
                  .filter(v -> v.key().equals(words.getFirst()))
                  .findFirst()
                  .orElseThrow(),
              words.contains("stem"),
              RougeWords.ROUGE_SCORE);
    };
  }

  private static TextMetric answer(List<String> words, AnswerMatch.Form form) {
    return new AnswerMatch(
        words.contains("f1") ? AnswerMatch.Measured.F1 : AnswerMatch.Measured.EXACT, form);
  }

  private static String option(List<String> words, String name, String otherwise) {
    return words.stream()
        .filter(w -> w.startsWith(name + "="))
        .map(w -> w.substring(name.length() + 1))
        .findFirst()
        .orElse(otherwise);
  }

  private static TextMetric bleu(List<String> words) {
    String tokenizer = option(words, "tok", "13a");
    String smoothing = option(words, "smooth", "exp");
    Bleu.Smoothing by =
        Arrays.stream(Bleu.Smoothing.values())
            .filter(s -> s.key().equals(smoothing))
            .findFirst()
            .orElseThrow();
    return new Bleu(
        Arrays.stream(BleuTokenizer.values())
            .filter(t -> t.key().equals(tokenizer))
            .findFirst()
            .orElseThrow(),
        by,
        Double.parseDouble(option(words, "value", Double.toString(by.usual()))),
        4,
        words.contains("lc"),
        words.contains("eff"));
  }
}
