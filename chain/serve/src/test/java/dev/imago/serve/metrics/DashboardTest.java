package dev.imago.serve.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Spared;
import dev.imago.generate.Timing;
import dev.imago.http.Caller;
import dev.imago.http.RequestListener;
import dev.imago.serve.ScriptedBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What dashboards, autoscalers and the documentation call a metric is one that `/metrics` tells.
class DashboardTest {
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "../.."));
  private static final Pattern SERIES = Pattern.compile("\\bimago_[a-z_]+");
  private static final Pattern LABEL = Pattern.compile("[{,]([a-z]+)=\"");

  /// The lines of a server at which each thing has happened once.
  private static List<String> told() {
    var backend = new ScriptedBackend(8);
    try (var metrics = new Metrics(List.of(backend), new Readiness(() -> {}))) {
      metrics.sleeps("m", backend);
      metrics.answered(
          new RequestListener.Answered(
              "/v1/models", new Caller("127.0.0.1", "-"), "GET", "/v1/models", "", "", 200, 1, 1));
      metrics.firstToken(1);
      metrics.generated(2, 2, new Timing(1, 1, 1), new Spared(0, 0, 0), false);
      metrics.rated("up");
      return metrics.text().lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static Set<String> found(Pattern pattern, int group, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(each -> each.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void areTold(Path file, int least) throws IOException {
    Set<String> told =
        told().stream().map(line -> line.split("[ {]", 2)[0]).collect(Collectors.toSet());
    Set<String> asked = found(SERIES, 0, Files.readString(ROOT.resolve(file)));
    assertTrue(asked.size() >= least, file + " names " + asked);
    var unknown = new TreeSet<>(asked);
    unknown.removeAll(told);
    assertEquals(Set.of(), unknown, () -> file + " asks for what is not among " + told);
  }

  @Test
  void theDashboardAsksForWhatIsTold() throws IOException {
    Path file = Path.of("deploy", "grafana", "serving.json");
    areTold(file, 8);
    String text = Files.readString(ROOT.resolve(file)).replace("\\\"", "\"");
    Set<String> labels = found(Pattern.compile("\\{\\{([a-z]+)\\}\\}"), 1, text);
    Set<String> told = found(LABEL, 1, String.join("\n", told()));
    assertTrue(told.containsAll(labels) && labels.size() >= 4, labels + " of " + told);
    assertTrue(told().stream().anyMatch(line -> line.contains("kind=\"cached\"")));
    assertTrue(text.contains("kind=\"cached\""));
  }

  @Test
  void theAutoscalerAsksForWhatIsTold() throws IOException {
    areTold(Path.of("deploy", "chart", "templates", "autoscaler.yaml"), 1);
  }
}
