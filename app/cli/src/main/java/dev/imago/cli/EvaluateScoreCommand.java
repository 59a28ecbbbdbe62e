package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.metrics.TextMetric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
  @Mixin private MetricOptions options = new MetricOptions();

  @Parameters(
      index = "0",
      paramLabel = "HYP",
      description = "What is scored, a text a line; - is standard input.")
  private Path hypotheses = Path.of("-");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "REF",
      description = "References, a text a line; of several files each text has one in each.")
  private List<Path> references = List.of();

  @Option(
      names = "--json",
      description = "Print an array of objects: name, score, signature, n, lower_is_better.")
  private boolean json;

  @Override
  public Integer call() {
    List<TextMetric> metrics = options.metrics();
    if (hypotheses.equals(Path.of("-")) && references.contains(Path.of("-"))) {
      throw new ConfigException("- stands for standard input once; name a file for the other");
    }
    List<String> said = read(hypotheses);
    List<List<String>> wanted = references(said.size());
    var rows = new ArrayList<List<String>>();
    var objects = new ArrayList<Object>();
    for (TextMetric metric : metrics) {
      double score = score(metric, said, wanted);
      String signature = metric.signature(references.size());
      rows.add(List.of(metric.name(), String.format(Locale.ROOT, "%.4f", score), signature));
      var object = new LinkedHashMap<String, Object>();
      object.put("name", metric.name());
      object.put("score", score);
      object.put("signature", signature);
      object.put("n", said.size());
      object.put("lower_is_better", metric.lowerIsBetter());
      objects.add(object);
    }
    System.out.print(
        json
            ? JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(objects)
                + "\n"
            : Table.render(List.of("metric", "score", "signature"), rows));
    return 0;
  }

  private static double score(TextMetric metric, List<String> said, List<List<String>> wanted) {
    double score;
    try {
      score = metric.corpus(said, wanted);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
    if (!Double.isFinite(score)) {
      throw new InputException(
          "%s has no value: the references are all empty; are the files the wrong way round?"
              .formatted(metric.name()));
    }
    return score;
  }

  private static List<String> read(Path file) {
    var lines = new ArrayList<String>();
    new TextInput(List.of(file), false).forEach(lines::add);
    if (lines.isEmpty()) {
      throw new InputException("%s is empty; there is nothing to score".formatted(named(file)));
    }
    return lines;
  }

  private List<List<String>> references(int texts) {
    var wanted = new ArrayList<List<String>>();
    for (int i = 0; i < texts; i++) {
      wanted.add(new ArrayList<>());
    }
    for (Path file : references) {
      List<String> lines = read(file);
      if (lines.size() != texts) {
        throw new InputException(
            "%s has %,d lines, and %s has %,d: each line needs its reference; the first without one is line %,d"
                .formatted(
                    named(file),
                    lines.size(),
                    named(hypotheses),
                    texts,
                    Math.min(lines.size(), texts) + 1));
      }
      for (int i = 0; i < texts; i++) {
        wanted.get(i).add(lines.get(i));
      }
    }
    return wanted;
  }

  private static String named(Path file) {
    return file.equals(Path.of("-")) ? "standard input" : file.toString();
  }
}
