package dev.imago.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Alerts: what is kept, silenced and grouped")
class RecordingTest {
  private static final double NOON = 1_795_867_200; // 2026-11-28T12:00:00Z
  private static final double DAY = 86_400;

  @TempDir private Path folder;

  private static List<PrometheusText.Sample> sample(String metric, double value) {
    return List.of(new PrometheusText.Sample(metric, Map.of("job", "serve"), value));
  }

  @Test
  void readsPrometheusTextAndSelectsByLabels() {
    List<PrometheusText.Sample> samples =
        PrometheusText.parse(
            """
            # HELP a b
            a_total{route="/v1/\\"x\\"",status="500"} 3.0
            a_total{status="200",} 7 1700000000000
            b +Inf
            {} 3
            c{x="1"
            d nothing
            """);
    assertEquals(3, samples.size(), samples::toString);
    assertEquals("/v1/\"x\"", samples.get(0).labels().get("route"));
    assertEquals(
        samples.getFirst(),
        PrometheusText.parse(PrometheusText.key("a_total", samples.getFirst().labels()) + " 3.0")
            .getFirst());
    AlertRules rules =
        AlertRules.parse(
            """
            rules:
              - alert: Errors
                objective: {errors: 'a_total{status=~"5.."}', total: a_total, target: 0.9}
            """);
    assertTrue(rules.lookAt("a_total", Map.of("status", "404")));
    assertFalse(rules.lookAt("b", Map.of()));
    assertEquals(3 * DAY, rules.reach());
    for (String wrong : List.of("a{", "a{x=1}", "a{x=~\"(\"}", "1{x=\"1\"}")) {
      assertThrows(
          ConfigException.class,
          () -> AlertRules.parse("rules: [{alert: A, nan: {metric: '%s'}}]".formatted(wrong)),
          wrong);
    }
  }

  @Test
  void anErrorBudgetIsOfTheSeriesThatItsLabelsName() {
    AlertRules rules =
        AlertRules.parse(
            """
            rules:
              - alert: Errors
                objective: {errors: 'a_total{status=~"5.."}', total: a_total, target: 0.99}
            """);
    var bad = new Series("a_total", Map.of("status", "500"));
    var good = new Series("a_total", Map.of("status", "200"));
    for (int i = 0; i <= 240; i++) {
      good.add(i * 15, i * 10);
      bad.add(i * 15, Math.max(0, i - 150) * 10);
    }
    List<Alert> fired = new AlertBook().evaluate(rules, List.of(bad, good), 3600);
    assertEquals(
        Set.of("1h", "6h", "3d"),
        fired.stream().map(alert -> alert.labels().get("window")).collect(Collectors.toSet()));
    assertEquals(List.of(), new AlertBook().evaluate(rules, List.of(good), 3600));
  }

  @Test
  void whatWasMeasuredOutlivesARestartAndABrokenLineAndIsBounded() throws Exception {
    var written = new SeriesFolder(folder);
    for (int i = 0; i < 10; i++) {
      written.append("serve-1", NOON + i * 15, sample("m", i == 9 ? Double.NaN : i));
    }
    Path file = folder.resolve("2026-11-28-serve-1.jsonl");
    Files.writeString(file, "{\"time\":17", StandardOpenOption.APPEND);
    written.append("serve-1", NOON + 150, sample("m", 10));
    written.append("console-1", NOON + 151, sample("n", 1));
    var read = new SeriesFolder(folder);
    List<Series> series = read.read(NOON + 200);
    assertEquals(2, series.size());
    Series m = series.stream().filter(each -> each.metric().equals("m")).findAny().orElseThrow();
    assertEquals(11, m.size());
    assertTrue(Double.isNaN(m.value(9)));
    written.append("serve-1", NOON + 165, sample("m", 11));
    assertEquals(12, read.read(NOON + 200).stream().mapToInt(Series::size).max().orElse(0));
    written.append("serve-1", NOON + 40 * DAY, sample("m", 0));
    assertFalse(Files.exists(file), "older than a month");
    var small = new SeriesFolder(folder, 10);
    small.append("serve-1", NOON + 41 * DAY, sample("m", 0));
    assertEquals(1, new SeriesFolder(folder).read(NOON + 41 * DAY).getFirst().size());
  }

  @Test
  void whatCouldNotBeWrittenComesInItsTimeOrNotAtAll() throws Exception {
    var written = new SeriesFolder(folder);
    written.append("serve-1", NOON, sample("m", 0));
    // A file of half of all bytes takes no more.
    var full = new SeriesFolder(folder, 2);
    assertThrows(
        dev.imago.core.ImagoException.class,
        () -> full.append("serve-1", NOON + 15, sample("m", 1)));
    assertEquals(2, full.read(NOON + 20).getFirst().size(), "not written, and known");
    assertThrows(
        dev.imago.core.ImagoException.class,
        () -> full.append("serve-1", NOON + 30, sample("m", 2)));
    written.append("serve-1", NOON + 45, sample("m", 3));
    written.append("serve-1", NOON + 60, sample("m", 4));
    Series m = full.read(NOON + 61).getFirst();
    assertEquals(4, m.size(), "a late point cuts none that are newer");
    assertEquals(NOON + 60, m.last());
  }

  /// A server keeps what it measures itself, and a console that asks it does so, too.
  @Test
  void whatTwoProcessesMeasureCountsOnceAndAClockMayBeSetBack() throws Exception {
    var written = new SeriesFolder(folder);
    var read = new SeriesFolder(folder);
    for (int i = 0; i <= 40; i++) {
      written.append("console-1", NOON + i * 15 + 5, sample("m_total", i));
      if (i <= 20) {
        written.append("serve-1", NOON + i * 15, sample("m_total", i));
      }
    }
    Series m = read.read(NOON + 620).getFirst();
    assertEquals(41, m.size(), "a restart reads one file after the other");
    assertEquals(40, m.increase(0, NOON + 620));
    for (int i = 41; i <= 60; i++) {
      written.append("serve-1", NOON + i * 15, sample("m_total", i));
    }
    assertEquals(60, read.read(NOON + 920).getFirst().increase(0, NOON + 920), "it goes on alone");
    written.append("serve-1", NOON + 300, sample("m_total", 61)); // the clock was ten minutes fast
    assertEquals(NOON + 300, read.read(NOON + 305).getFirst().last());
    Files.delete(folder.resolve("2026-11-28-serve-1.jsonl"));
    written.append("serve-1", NOON + 330, sample("m_total", 62));
    assertEquals(62, read.read(NOON + 335).getFirst().value(read.read(0).getFirst().size() - 1));
  }

  @Test
  void aLabelOfManyCharactersAndAPortThatIsNoneEndNoLook() {
    String metric = "a{x=\"" + "\\\\n".repeat(50_000) + "\"}";
    assertEquals(1, PrometheusText.parse(metric + " 1").size());
    assertEquals(1, MetricSelector.parse(metric).labels().size());
    assertThrows(ConfigException.class, () -> Webhook.address("http://127.0.0.1:99999/x"));
  }

  @Test
  void beyondADayFewPointsAreHeld() {
    var series = new Series("m", Map.of());
    for (int i = 0; i < 4_000; i++) {
      series.add(i * 15, i);
    }
    series.thin(30_000, 300);
    assertEquals(100 + 2_000, series.size(), 5);
    assertEquals(3_999, series.increase(0, 60_000), 20);
  }

  private static Alert alert(String name, String run) {
    return new Alert(
        Map.of("alertname", name, "run", run, "severity", "page"),
        Map.of("summary", "s"),
        Alert.Status.FIRING,
        NOON,
        0,
        1.5,
        false);
  }

  @Test
  void silencesMatchAsAlertmanagersDoAndEnd() throws Exception {
    var silences = new Silences(folder.resolve("silences.json"));
    Silences.Silence made =
        silences.begin(
            List.of("alertname=A", "run=~2026.*"), NOON, Duration.ofHours(2), "anna", "warmup");
    List<Silences.Silence> all = new Silences(folder.resolve("silences.json")).open(NOON);
    assertEquals(List.of(made), all);
    assertTrue(Silences.cover(all, alert("A", "2026-1"), NOON));
    assertFalse(Silences.cover(all, alert("A", "2025-1"), NOON));
    assertFalse(Silences.cover(all, alert("B", "2026-1"), NOON));
    assertFalse(Silences.cover(all, alert("A", "2026-1"), NOON + 7200));
    assertTrue(silences.open(NOON + 7200).isEmpty());
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("A"),
            List.of("run=~("),
            List.of("run!=x"),
            List.of("run=~.*"))) {
      assertThrows(
          ConfigException.class,
          () -> silences.begin(wrong, NOON, Duration.ofHours(1), "anna", ""),
          wrong::toString);
    }
    assertThrows(ConfigException.class, () -> silences.end("none", NOON));
    silences.end(made.id(), NOON);
    assertTrue(silences.open(NOON).isEmpty());
    Files.writeString(folder.resolve("silences.json"), "{");
    assertThrows(InputException.class, () -> silences.open(NOON));
  }

  @Test
  void groupsByTheLabelsOfTheFileAndTellsAgainOnlyWhoDidNotHear() {
    AlertRules rules =
        AlertRules.parse(
            """
            route: {group_by: [severity]}
            receivers:
              - name: team
                webhook_configs: [{url: "http://127.0.0.1:9/x"}]
            rules:
              - {alert: A, labels: {severity: page}, threshold: {metric: m, above: 0}}
              - {alert: B, labels: {severity: page}, threshold: {metric: m, above: 0}}
            """);
    assertEquals(1, rules.receivers().webhooks().size());
    var heard = new ArrayList<Integer>();
    var failed = new ArrayList<Integer>();
    var working = new boolean[1];
    var receivers =
        new Receivers(
            List.of(
                group -> heard.add(group.size()),
                group -> {
                  failed.add(group.size());
                  return working[0];
                }));
    var series = new Series("m", Map.of());
    series.add(NOON, 1);
    var book = new AlertBook();
    book.evaluate(rules, List.of(series), NOON);
    book.tell(receivers, rules.groupBy(), _ -> false);
    working[0] = true;
    series.add(NOON + 15, 2); // another value is no other alert
    book.evaluate(rules, List.of(series), NOON + 15);
    book.tell(receivers, rules.groupBy(), _ -> false);
    book.tell(receivers, rules.groupBy(), _ -> false);
    assertEquals(List.of(2), heard, "both alerts at once, once");
    assertEquals(List.of(2, 2), failed);
  }
}
