package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Holm;
import dev.imago.metrics.PairedScores;
import dev.imago.metrics.TextMetric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Two systems on the same items: better, worse, or not told apart.
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Say whether system A is better than B, worse, or not told apart, on the same items.",
      "A and B hold scores of items, a line of JSON each; with --reference, texts."
    },
    footer = {
      "",
      "Examples:  imago evaluate compare a.jsonl b.jsonl --score correct",
      "           imago evaluate compare a.txt b.txt --reference ref.txt --metric bleu,chrf"
    })
final class EvaluateCompareCommand implements Callable<Integer> {
  private static final double POWER = 0.8;

  @Parameters(index = "0", paramLabel = "A", description = "One system's items.")
  private Path first = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The other's, the same items.")
  private Path second = Path.of("");

  @Option(
      names = "--score",
      paramLabel = "NAME",
      split = ",",
      description = "Scores to compare by, true and false too (default: all that both have).")
  private List<String> scores = List.of();

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "The field that names an item (default: id; without it, the line does).")
  private String id = "id";

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The field by which items belong together, such as a document.")
  private @Nullable String cluster;

  @Option(
      names = "--lower-is-better",
      paramLabel = "NAME",
      split = ",",
      description = "Scores of which less is better, such as losses. (TER, WER and CER are known.)")
  private List<String> lower = List.of();

  @Option(
      names = "--reference",
      paramLabel = "REF",
      description = "A and B are texts, a line each, and these their references; repeat it.")
  private List<Path> references = List.of();

  @Mixin private MetricOptions options = new MetricOptions();

  @Option(names = "--confidence", paramLabel = "C", description = "Of verdicts (default: 0.95).")
  private double confidence = 0.95;

  @Option(
      names = "--flips",
      paramLabel = "N",
      description = "Items listed that the two score otherwise (default: 10).")
  private int flips = 10;

  @Option(names = "--json", description = "Print an array of objects, a score each.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (references.isEmpty()) {
      refuseMetrics();
    }
    Bounds.number("--confidence", confidence, 0.5, 0.9999, "0.95 is usual");
    Bounds.whole("--flips", flips, 0, Integer.MAX_VALUE);
    LineFiles.standardInputOnce(first, second, references);
    var compared = new ArrayList<ComparedScore>();
    List<String> ids;
    if (references.isEmpty()) {
      var a = new ItemScores(first, id);
      var b = new ItemScores(second, id);
      a.sameAs(b);
      b.sameAs(a);
      ids = a.ids();
      items(a, b, ids, compared);
    } else {
      ids = texts(compared);
    }
    double[] p = compared.stream().mapToDouble(ComparedScore::p).toArray();
    double[] raised = cluster == null ? Holm.adjusted(p) : p;
    System.out.print(json ? json(compared, raised, ids) : tables(compared, raised, ids));
    return 0;
  }

  /// Of scores of items no metric is taken, and none of its choices.
  private void refuseMetrics() {
    if (spec == null) {
      return;
    }
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (MetricOptions.OPTIONS.contains(option.longestName())) {
        throw new ConfigException(
            "%s is of texts: name their references with --reference; scores of items are compared as they are"
                .formatted(option.longestName()));
      }
    }
  }

  private Bootstrap bootstrap() {
    return new Bootstrap(2_000, confidence, 1);
  }

  private void items(ItemScores a, ItemScores b, List<String> ids, List<ComparedScore> to) {
    var names = new LinkedHashSet<>(scores);
    if (names.isEmpty()) {
      names.addAll(a.names());
      names.retainAll(b.names());
      if (cluster != null) {
        names.remove(cluster);
      }
    }
    if (names.isEmpty()) {
      throw new InputException(
          "%s and %s have no score in common; name numbers or true and false alike in both"
              .formatted(first, second));
    }
    for (String name : names) {
      var paired = new PairedScores(a.scores(name, ids), b.scores(name, ids), lower.contains(name));
      to.add(
          ComparedScore.of(
              name, paired, bootstrap(), cluster == null ? null : a.clusters(cluster, ids)));
    }
    for (String name : lower) {
      if (!names.contains(name)) {
        throw new ConfigException(
            "--lower-is-better %s: that score is not compared; there are %s"
                .formatted(name, String.join(", ", names)));
      }
    }
  }

  private List<String> texts(List<ComparedScore> to) {
    if (!scores.isEmpty() || cluster != null || !lower.isEmpty()) {
      throw new ConfigException(
          "--score, --cluster and --lower-is-better are of scores of items, --reference of texts;"
              + " --metric names their metrics");
    }
    List<TextMetric> metrics = options.metrics();
    List<String> a = LineFiles.read(first);
    List<String> b = LineFiles.read(second);
    LineFiles.sameLength(second, b.size(), first, a.size());
    List<List<String>> wanted = LineFiles.references(references, first, a.size());
    for (TextMetric metric : metrics) {
      try {
        to.add(ComparedScore.of(metric, a, b, wanted, bootstrap()));
      } catch (IllegalArgumentException e) {
        throw new InputException(String.valueOf(e.getMessage()), e);
      }
    }
    return IntStream.rangeClosed(1, a.size()).mapToObj(Integer::toString).toList();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.4f" : "%.2f", value);
  }

  private String tables(List<ComparedScore> compared, double[] raised, List<String> ids) {
    var text = new StringBuilder();
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < raised.length; i++) {
      ComparedScore one = compared.get(i);
      rows.add(
          List.of(
              one.name(),
              number(one.first()),
              number(one.second()),
              number(one.difference().value()),
              number(one.difference().low()) + " … " + number(one.difference().high()),
              Double.isNaN(raised[i]) ? "–" : String.format(Locale.ROOT, "%.4f", raised[i]),
              one.verdict(raised[i], confidence).words(),
              one.test()));
    }
    String percent = String.format(Locale.ROOT, "%.2f", 100 * confidence);
    String interval = percent.replaceFirst("\\.?0+$", "") + "% interval";
    text.append(
        Table.render(List.of("score", "A", "B", "A − B", interval, "p", "A is", "test"), rows));
    text.append(
        "  %,d items%s\n"
            .formatted(
                ids.size(),
                compared.size() > 1 && cluster == null
                    ? "; p raised for %d scores (Holm)".formatted(compared.size())
                    : ""));
    for (ComparedScore one : compared) {
      flips(one, ids, text);
    }
    return text.toString();
  }

  private void flips(ComparedScore one, List<String> ids, StringBuilder text) {
    PairedScores items = one.items();
    if (references.isEmpty()) {
      double least = items.smallestDifference(confidence, POWER);
      if (Double.isFinite(least)) {
        text.append(
            "  %s: the smallest difference that so many items show four times of five is %s\n"
                .formatted(one.name(), number(least)));
      }
    }
    List<Integer> flipped = items.flipped();
    if (flipped.isEmpty() || flips == 0) {
      return;
    }
    long better = flipped.stream().filter(i -> firstIsBetter(items, i)).count();
    text.append(
        "\n  %s: A is better on %,d items, B on %,d%s\n"
            .formatted(
                one.name(),
                better,
                flipped.size() - better,
                flipped.size() > flips ? "; the %d farthest apart".formatted(flips) : ""));
    text.append(
        Table.render(
            List.of("item", "A", "B"),
            flipped.stream()
                .limit(flips)
                .map(i -> List.of(ids.get(i), number(items.first()[i]), number(items.second()[i])))
                .toList()));
  }

  private static boolean firstIsBetter(PairedScores items, int i) {
    return items.first()[i] > items.second()[i] != items.lowerIsBetter();
  }

  private String json(List<ComparedScore> compared, double[] raised, List<String> ids) {
    var objects = new ArrayList<Object>();
    for (int i = 0; i < raised.length; i++) {
      ComparedScore one = compared.get(i);
      var object = new LinkedHashMap<String, Object>();
      object.put("score", one.name());
      object.put("n", ids.size());
      object.put("a", one.first());
      object.put("b", one.second());
      object.put("difference", one.difference().value());
      object.put("low", one.difference().low());
      object.put("high", one.difference().high());
      if (!Double.isNaN(one.p())) {
        object.put("p", one.p());
        object.put("p_holm", raised[i]);
      }
      object.put("test", one.test());
      object.put("verdict", one.verdict(raised[i], confidence).words());
      if (references.isEmpty() && ids.size() > 1) {
        object.put("smallest_difference", one.items().smallestDifference(confidence, POWER));
      }
      object.put(
          "flipped",
          one.items().flipped().stream()
              .limit(flips)
              .map(
                  item -> {
                    var flip = new LinkedHashMap<String, Object>();
                    flip.put("id", ids.get(item));
                    flip.put("a", one.items().first()[item]);
                    flip.put("b", one.items().second()[item]);
                    return flip;
                  })
              .toList());
      objects.add(object);
    }
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(objects) + "\n";
  }
}
