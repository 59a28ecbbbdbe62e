package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// The scores and comparisons of one evaluation, as they are gathered.
final class Report {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Stands between two measures in the name of their difference.
  private static final String MINUS = "-minus-";

  private final Bootstrap bootstrap;
  private final Map<String, Number> protocol = new LinkedHashMap<>();
  private final Map<String, Measured> measured = new LinkedHashMap<>();
  private final List<Comparison> comparisons = new ArrayList<>();

  private record Measured(Score score, Bootstrap.Measure measure) {}

  /// What `scores.json` holds.
  ///
  /// @param confidence the share of resamples that an interval covers
  /// @param protocol how much was measured: counts by name
  record File(
      double confidence,
      int resamples,
      Map<String, Number> protocol,
      List<Score> scores,
      List<Comparison> verdicts) {}

  Report(Bootstrap bootstrap) {
    this.bootstrap = bootstrap;
  }

  /// Tells how much of something was measured.
  void protocol(String name, Number value) {
    protocol.put(name, value);
  }

  /// Adds a measure over `n` units.
  void measure(String name, String unit, int n, Bootstrap.Measure measure) {
    Score score = Score.of(name, bootstrap.interval(n, measure), n, unit);
    measured.put(name, new Measured(score, measure));
  }

  /// Adds a share of `n` things, each right or wrong, in per cent.
  void proportion(String name, int n, Bootstrap.Measure percent) {
    int[] all = IntStream.range(0, n).toArray();
    Interval share =
        Proportion.interval(Math.round(percent.of(all) / 100 * n), n, bootstrap.confidence());
    var interval = new Interval(100 * share.value(), 100 * share.low(), 100 * share.high());
    measured.put(name, new Measured(Score.of(name, interval, n, "0–100"), percent));
  }

  /// Weighs one measured system against another, over the same units.
  void compare(String claim, String first, String second, boolean lowerIsBetter) {
    Measured a = get(first);
    Measured b = get(second);
    Interval interval = bootstrap.interval(a.score.n(), Bootstrap.difference(a.measure, b.measure));
    String name = first + MINUS + second.substring(second.lastIndexOf('.') + 1);
    Score difference = Score.of(name, interval, a.score.n(), a.score.unit());
    comparisons.add(
        Comparison.of(claim, a.score, b.score, difference, lowerIsBetter, bootstrap.confidence()));
  }

  /// The measure that a difference is taken from, by the difference's name.
  static String firstOf(String difference) {
    return difference.substring(0, difference.indexOf(MINUS));
  }

  /// The measure that a difference takes from it.
  static String secondOf(String difference) {
    String first = firstOf(difference);
    String own = difference.substring(first.length() + MINUS.length());
    return first.substring(0, first.lastIndexOf('.') + 1) + own;
  }

  private Measured get(String name) {
    Measured found = measured.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " was not measured");
    }
    return found;
  }

  /// What was measured under a name.
  Optional<Score> find(String name) {
    return Optional.ofNullable(measured.get(name)).map(Measured::score);
  }

  List<Score> scores() {
    return measured.values().stream().map(Measured::score).toList();
  }

  List<Comparison> comparisons() {
    return List.copyOf(comparisons);
  }

  void write(Path file) {
    var content =
        new File(bootstrap.confidence(), bootstrap.resamples(), protocol, scores(), comparisons);
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
    AtomicFile.write(
        file,
        out -> {
          out.write(json);
          out.write('\n');
        });
  }

  void show(Run run) {
    run.table(
        "scores",
        List.of(
            "measure",
            "value",
            "%.0f%% interval".formatted(100 * bootstrap.confidence()),
            "n",
            "unit"),
        scores().stream()
            .map(
                s ->
                    List.of(
                        s.name(),
                        "%.3f".formatted(s.value()),
                        "%.3f … %.3f".formatted(s.low(), s.high()),
                        Integer.toString(s.n()),
                        s.unit()))
            .toList());
    run.table(
        "verdicts",
        List.of("claim", "verdict", "paired difference"),
        comparisons.stream()
            .map(c -> List.of(c.claim(), c.verdict(), c.difference().brief()))
            .toList());
  }
}
