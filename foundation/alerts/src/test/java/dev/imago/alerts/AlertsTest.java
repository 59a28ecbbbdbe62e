package dev.imago.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("Alerts, on a virtual clock")
class AlertsTest {
  private static final double HOUR = 3600;

  /// A point every `every` seconds, from 0 until a time.
  private static Series series(String metric, double until, double every, DoubleUnaryOperator of) {
    var series = new Series(metric, Map.of("run", "a"));
    for (double time = 0; time <= until; time += every) {
      series.add(time, of.applyAsDouble(time));
    }
    return series;
  }

  private static AlertRules rule(String condition) {
    return AlertRules.parse("rules:\n  - alert: A\n    " + condition + "\n");
  }

  /// `+` and `-` with the time, as alerts fire and are resolved.
  private static List<String> changes(AlertRules rules, double to, Series... series) {
    var all = new ArrayList<String>();
    new AlertBook()
        .replay(
            rules,
            List.of(series),
            0,
            to,
            15,
            (alert, time) ->
                all.add(
                    (alert.status() == Alert.Status.FIRING ? "+" : "-")
                        + (long) time
                        + alert.labels().getOrDefault("window", "")));
    return all;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          threshold: {metric: m, above: 5, over: 30s}    | 600  | 900
          change: {metric: m, by: 0.5, over: 60s}        | 600  | 720
          nan: {metric: n}                               | 600  | 900
          spike: {metric: m, deviations: 6, over: 5m}    | 600  | 615
          """)
  void conditionsFireWhenTheFaultComesAndEndAfterIt(String condition, long from, long to) {
    Series m = series("m", 1200, 15, t -> t >= 600 && t < 900 ? 100 : 1 + t % 2);
    Series n = series("n", 1200, 15, t -> t >= 600 && t < 900 ? Double.NaN : 1);
    List<String> changes = changes(rule(condition), 1200, m, n);
    assertEquals(2, changes.size(), changes::toString);
    assertTrue(Math.abs(Long.parseLong(changes.get(0)) - from) <= 60, changes::toString);
    assertTrue(Math.abs(Long.parseLong(changes.get(1)) + to) <= 60, changes::toString);
  }

  @Test
  void absenceAndStallFireAfterTheirWindow() {
    Series step = series("step", 600, 10, t -> Math.min(t, 300));
    assertEquals(List.of("+420"), changes(rule("stall: {metric: step, over: 2m}"), 600, step));
    assertEquals(List.of("+720"), changes(rule("absence: {metric: step, over: 2m}"), 800, step));
    assertEquals(List.of("+15"), changes(rule("absence: {metric: none, over: 2m}"), 60));
  }

  @Test
  void aDiskThatFillsIsForeseenADayAhead() {
    Series free = series("free", 40 * HOUR, 600, t -> 48 * HOUR - t); // empty after 48 hours
    List<String> changes =
        changes(rule("forecast: {metric: free, below: 0, over: 6h, within: 1d}"), 40 * HOUR, free);
    assertEquals(1, changes.size());
    assertEquals(24 * HOUR, Double.parseDouble(changes.getFirst()), 60);
  }

  @Test
  void theGapIsThatOfTheSameRun() {
    var rules = rule("gap: {metric: loss, heldOut: held, above: 1}");
    Series loss = series("loss", 100, 10, t -> 2);
    assertEquals(List.of("+70"), changes(rules, 100, loss, series("held", 100, 10, t -> t / 20)));
    var other = new Series("held", Map.of("run", "b"));
    other.add(50, 9);
    assertEquals(List.of(), changes(rules, 100, loss, other));
  }

  @Test
  void objectivesBurnByTheirWindows() {
    var rules = rule("objective: {errors: e, total: t, target: 0.99}");
    double[] count = {0, 0};
    Series total = series("t", 12 * HOUR, 15, t -> count[0] += 15);
    // From the fourth hour on, for half an hour, every second request fails: 50 × the pace.
    Series bad =
        series("e", 12 * HOUR, 15, t -> count[1] += t >= 4 * HOUR && t < 4.5 * HOUR ? 7 : 0);
    List<String> changes = changes(rules, 12 * HOUR, total, bad);
    List<String> hour = changes.stream().filter(each -> each.endsWith("1h")).toList();
    assertEquals(2, hour.size(), changes::toString);
    // 14.4 % of an hour's requests have failed after 17 to 19 minutes; the short window ends it.
    double fired = Double.parseDouble(hour.getFirst().replace("1h", "")) - 4 * HOUR;
    assertTrue(fired > 16 * 60 && fired < 20 * 60, changes::toString);
    double ended = -Double.parseDouble(hour.getLast().replace("1h", "")) - 4.5 * HOUR;
    assertTrue(ended > 0 && ended <= 5 * 60, changes::toString);
    // One of three requests is no fire.
    Series few = series("t", 600, 200, t -> t / 200);
    assertEquals(List.of(), changes(rules, 600, few, series("e", 600, 200, t -> t >= 400 ? 1 : 0)));
  }

  @Test
  void aCounterThatFallsBeganAnew() {
    var counter = new Series("c", Map.of());
    for (double value : new double[] {5, 9, 2, 3}) {
      counter.add(counter.size(), value);
    }
    assertEquals(4 + 2 + 1, counter.increase(0, 3));
  }

  @Test
  void pendingFiringResolvedEachToldOnceAcrossARestart(@TempDir Path folder) {
    var rules = rule("threshold: {metric: m, above: 5, over: 10s}\n    for: 30s");
    List<Series> all = List.of(series("m", 200, 10, t -> t < 100 ? 9 : 0));
    Path file = folder.resolve("alerts.json");
    var told = new ArrayList<String>();
    AlertBook.Outlet outlet = group -> told.add(group.getFirst().status() + " " + group.size());
    var book = new AlertBook();
    book.evaluate(rules, all, 10);
    book.tell(outlet, _ -> false);
    assertEquals(Alert.Status.PENDING, book.alerts().getFirst().status());
    book.evaluate(rules, all, 40);
    book.tell(_ -> false, _ -> false); // it did not arrive
    book.tell(outlet, _ -> true); // silenced
    assertEquals(List.of(), told);
    book.tell(outlet, _ -> false);
    book.save(file);
    for (double time : new double[] {50, 60, 150, 160}) {
      AlertBook next = AlertBook.open(file);
      next.evaluate(rules, all, time);
      next.tell(outlet, _ -> false);
      next.save(file);
    }
    assertEquals(List.of("FIRING 1", "RESOLVED 1"), told);
    assertEquals(List.of(), AlertBook.open(file).alerts());
  }

  @Test
  void webhooksAreAlertmanagers() {
    var alert =
        new Alert(
            Map.of("alertname", "A", "run", "r"),
            Map.of("summary", "s"),
            Alert.Status.FIRING,
            1.5,
            0,
            3,
            false);
    JsonNode json =
        JsonMapper.shared().readTree(Webhook.message(List.of(alert), List.of("alertname")));
    assertEquals("4", json.path("version").asString());
    assertEquals("firing", json.path("status").asString());
    assertEquals("A", json.at("/groupLabels/alertname").asString());
    assertEquals("r", json.at("/commonLabels/run").asString());
    assertEquals("1970-01-01T00:00:01.500Z", json.at("/alerts/0/startsAt").asString());
    assertEquals("0001-01-01T00:00:00Z", json.at("/alerts/0/endsAt").asString());
    assertEquals(16, json.at("/alerts/0/fingerprint").asString().length());
  }

  @Test
  void rulesLeaveForPrometheus() {
    String file =
        PrometheusRules.of(rule("objective: {errors: e, total: t/x, target: 0.99}"), "imago");
    assertTrue(file.contains("sum(increase(e[1h])) / sum(increase({__name__="), file);
    assertTrue(file.contains(" >= 0.144)"), file);
    assertEquals(3, file.split("alert:", -1).length - 1, file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          threshold: {metric: m, abov: 1}                     | abov
          threshold: {metric: m, above: 1, below: 2}          | one of above and below
          threshold: {metric: m, above: 1, over: 5 minutes}   | 30s, 5m
          stall: {metric: m, over: 0s}                        | empty
          objective: {errors: e, total: t}                    | target is missing
          objective: {errors: e, total: t, target: 1}         | 0.999999
          change: {metric: m, by: 0}                          | no change
          for: 5m                                             | no condition
          """)
  void badRulesAreNamed(String condition, String said) {
    var refused = assertThrows(ConfigException.class, () -> rule(condition));
    assertTrue(refused.getMessage().contains(said), refused::getMessage);
  }

  @Test
  void driftIsNoChanceAndATenthInAnotherLanguageIsFound() {
    var random = new java.util.SplittableRandom(20);
    List<String> reference = languages(random, 1000, 0);
    int falseAlarms = 0;
    int found = 0;
    for (int i = 0; i < 60; i++) {
      // Chance alone is asked of all sizes of the index: no least one.
      if (Drift.ofNames(languages(random, 150, 0), languages(random, 100, 0), i).found(0.05, 0)) {
        falseAlarms++;
      }
      if (i < 5 && Drift.ofNames(reference, languages(random, 1000, 0.1), i).found(0.05, 0.1)) {
        found++;
      }
    }
    assertEquals(5, found);
    assertTrue(falseAlarms <= 7, falseAlarms + " of 60"); // 3 are expected; 8 and more: p = 0.01
    double[] lengths = random.doubles(500).map(x -> 100 * x).toArray();
    double[] longer = random.doubles(500).map(x -> 150 * x).toArray();
    assertTrue(Drift.ofNumbers(lengths, longer, 1).found(0.05, 0.1));
    assertFalse(Drift.ofNumbers(lengths, lengths, 1).found(0.05, 0.1));
  }

  private static List<String> languages(
      java.util.SplittableRandom random, int n, double shareOfAnother) {
    var all = new ArrayList<String>();
    for (int i = 0; i < n; i++) {
      double at = random.nextDouble();
      all.add(
          random.nextDouble() < shareOfAnother
              ? "fi"
              : at < 0.7 ? "en" : at < 0.9 ? "de" : at < 0.99 ? "fr" : "nl");
    }
    return all;
  }
}
