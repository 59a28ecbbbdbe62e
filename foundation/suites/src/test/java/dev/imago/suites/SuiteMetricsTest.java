package dev.imago.suites;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What answers are worth, and how items become one number, by what lm-evaluation-harness's own
/// functions say of random cases (`conformance/suite_metrics.py`).
class SuiteMetricsTest {
  @Test
  void matchesAndAggregationsAreTheHarness() throws Exception {
    try (InputStream in = SuiteMetricsTest.class.getResourceAsStream("suite-metrics.json")) {
      compare(JsonMapper.shared().readTree(Objects.requireNonNull(in)));
    }
  }

  @Test
  void lowerCaseIsPythons() {
    var match = ExactMatch.of(true, false, false, List.of());
    assertTrue(match.same("theοδοσ`c`{z}", "theΟΔΟΣ`c`{z}"));
    assertTrue(match.same("aοδος42yes", "aΟΔΟΣ42YES"));
  }

  @Test
  @Tag("conformance")
  void matchesAndAggregationsAreTheHarnessOnNewCases(@TempDir Path folder) throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    assumeTrue(python != null, "skipped: IMAGO_PEERS names no Python with lm-eval");
    compare(asked(folder, python));
  }

  private static JsonNode asked(Path folder, String python)
      throws IOException, InterruptedException {
    int times = Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));
    Path script =
        Path.of(System.getProperty("imago.root", ".")).resolve("conformance/suite_metrics.py");
    String seed = System.getenv().getOrDefault("IMAGO_SEED", "11");
    Path out = folder.resolve("said.json");
    List<String> command =
        List.of(python, script.toString(), Integer.toString(1000 * times), seed, out.toString());
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    return JsonMapper.shared().readTree(Files.readString(out));
  }

  private static void compare(JsonNode said) {
    Stream<Executable> matches = said.get("matches").valueStream().map(one -> () -> match(one));
    Stream<Executable> aggregations =
        said.get("aggregations").valueStream().map(one -> () -> aggregation(one));
    assertAll(Stream.concat(matches, aggregations));
  }

  private static void match(JsonNode one) {
    JsonNode options = one.get("options");
    var ignored = new ArrayList<String>();
    options.path("regexes_to_ignore").forEach(regex -> ignored.add(regex.asString()));
    ExactMatch match =
        ExactMatch.of(
            options.has("ignore_case"),
            options.has("ignore_punctuation"),
            options.has("ignore_numbers"),
            ignored);
    assertEquals(
        one.get("same").asBoolean(),
        match.same(one.get("told").asString(), one.get("wanted").asString()),
        one::toString);
  }

  private static void aggregation(JsonNode one) {
    Aggregation by = Aggregation.named(one.get("name").asString()).orElseThrow();
    List<ItemValue> values =
        one.get("values").valueStream().map(v -> value(by.takes(), v)).toList();
    double wanted = one.get("value").isNull() ? Double.NaN : one.get("value").asDouble();
    assertEquals(wanted, by.of(values), 1e-9 * Math.max(1, Math.abs(wanted)), one::toString);
    if (!one.get("error").isNull()) {
      assertEquals(
          one.get("error").asDouble(), by.standardError(values).orElseThrow(), 1e-9, one::toString);
    }
  }

  private static ItemValue value(Aggregation.Kind kind, JsonNode value) {
    return switch (kind) {
      case SCORES -> new ItemValue.Score(value.asDouble());
      case WEIGHTED -> new ItemValue.Weighted(value.get(0).asDouble(), value.get(1).asDouble());
      case LABELS -> new ItemValue.Labels(value.get(0).asInt(), value.get(1).asInt());
      case PROBABILITIES ->
          new ItemValue.Probabilities(
              value.get(0).asInt(), value.get(1).valueStream().map(JsonNode::asDouble).toList());
      case TEXTS -> new ItemValue.Texts(value.get(1).asString(), value.get(0).asString());
    };
  }
}
