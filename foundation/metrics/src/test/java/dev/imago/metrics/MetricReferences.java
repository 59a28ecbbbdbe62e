package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The references' answers: recorded ones, and new ones where their packages are at hand.
final class MetricReferences {
  private MetricReferences() {}

  /// What a script in `conformance` recorded among the tests' resources.
  static JsonNode recorded(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MetricReferences.class.getResourceAsStream(name), name)) {
      return JsonMapper.shared().readTree(in);
    }
  }

  /// What a script in `conformance` says now, of as many cases; the last argument is its output.
  static JsonNode asked(Path folder, String script, int cases) throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    assumeTrue(python != null, "skipped: IMAGO_PEERS names no Python with the references");
    int times = Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));
    Path root = Path.of(System.getProperty("imago.root", "."));
    Path out = folder.resolve("answers.json");
    Process process =
        new ProcessBuilder(
                python,
                root.resolve("conformance").resolve(script).toString(),
                Integer.toString(cases * times),
                System.getenv().getOrDefault("IMAGO_SEED", "11"),
                out.toString())
            .directory(folder.toFile())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor(), script);
    return JsonMapper.shared().readTree(Files.readString(out));
  }

  static List<String> strings(JsonNode array) {
    var strings = new ArrayList<String>();
    array.forEach(each -> strings.add(each.asString()));
    return strings;
  }
}
