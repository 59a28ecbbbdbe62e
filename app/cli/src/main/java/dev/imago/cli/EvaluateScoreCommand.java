package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.TextMetric;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Texts beside references, a line for a line.
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Score lines of text against lines of references, at the values of sacreBLEU, rouge_score"
          + " and",
      "the scripts of SQuAD and CMRC, with their signatures."
    },
    footer = {
      "",
      "Examples:  imago evaluate score --metric bleu,chrf,rouge answers.txt references.txt",
      "           cat answers.txt | imago evaluate score --metric bleu --tokenize zh - a.txt b.txt"
    })
final class EvaluateScoreCommand implements Callable<Integer> {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(1_000, 0.95, 1);

  @Mixin private MetricOptions options = new MetricOptions();

  @Parameters(
      index = "0",
      paramLabel = "HYP",
      description = "What is scored, a text a line; - is standard input.")
  private Path hypotheses = LineFiles.STANDARD_INPUT;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "REF",
      description = "References, a text a line; of several files each text has one in each.")
  private List<Path> references = List.of();

  @Option(
      names = "--interval",
      description = "Add the 95 %% interval of 1,000 draws of the texts (bootstrap).")
  private boolean intervals;

  @Option(
      names = "--items",
      paramLabel = "FILE",
      description = "Write each line's own scores there, as JSONL, which compare reads.")
  private @Nullable Path items;

  @Option(
      names = "--json",
      description = {
        "Print an array of objects: name, score, signature, n, lower_is_better; low and high of",
        "--interval."
      })
  private boolean json;

  @Override
  public Integer call() {
    List<TextMetric> metrics = options.metrics();
    LineFiles.standardInputOnce(
        hypotheses, references.getFirst(), references.subList(1, references.size()));
    List<String> said = LineFiles.read(hypotheses);
    List<List<String>> wanted = LineFiles.references(references, hypotheses, said.size());
    var rows = new ArrayList<List<String>>();
    var objects = new ArrayList<Object>();
    var each = new LinkedHashMap<TextMetric, double[][]>();
    for (TextMetric metric : metrics) {
      double[][] counts = counts(metric, said, wanted);
      each.put(metric, counts);
      double score = MetricOptions.score(metric, counts);
      String signature = metric.signature(references.size());
      var object = new LinkedHashMap<String, Object>();
      object.put("name", metric.name());
      object.put("score", score);
      object.put("signature", signature);
      object.put("n", said.size());
      object.put("lower_is_better", metric.lowerIsBetter());
      var row = new ArrayList<>(List.of(metric.name(), number(score)));
      if (intervals) {
        Interval interval = BOOTSTRAP.interval(counts.length, Bootstrap.of(metric, counts));
        object.put("low", interval.low());
        object.put("high", interval.high());
        row.add(number(interval.low()) + " … " + number(interval.high()));
      }
      row.add(signature);
      rows.add(row);
      objects.add(object);
    }
    if (items != null) {
      write(items, each, said.size());
    }
    var header = new ArrayList<>(List.of("metric", "score", "signature"));
    if (intervals) {
      header.add(2, "95% interval");
    }
    System.out.print(
        json
            ? JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(objects)
                + "\n"
            : Table.render(header, rows));
    return 0;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static double[][] counts(
      TextMetric metric, List<String> said, List<List<String>> wanted) {
    try {
      return metric.counts(said, wanted);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  /// A line for a line; what has no value, such as the error rate beside an empty reference, is
  /// left out.
  private static void write(Path file, LinkedHashMap<TextMetric, double[][]> each, int lines) {
    AtomicFile.write(
        file,
        out -> {
          for (int i = 0; i < lines; i++) {
            var row = new LinkedHashMap<String, Object>();
            row.put("id", i + 1);
            for (var metric : each.entrySet()) {
              double score = metric.getKey().score(metric.getValue()[i]);
              if (Double.isFinite(score)) {
                row.put(metric.getKey().name(), score);
              }
            }
            out.write(
                (JsonMapper.shared().writeValueAsString(row) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
          }
        });
  }
}
