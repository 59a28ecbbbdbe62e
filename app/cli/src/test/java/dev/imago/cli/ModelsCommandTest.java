package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Chain;
import dev.imago.core.Ref;
import dev.imago.data.MeasuredModel;
import dev.imago.data.ModelChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The catalogue of models: what is shown, and which is taken.
class ModelsCommandTest {
  @TempDir Path folder;

  private static MeasuredModel entry(
      char digit, long bytes, double score, String asked, double rate) {
    return new MeasuredModel(
        new Ref("weights", String.valueOf(digit).repeat(64)),
        "text-generation",
        List.of(),
        bytes,
        Map.of("t/acc", new MeasuredModel.Score(score, score - 0.1, score + 0.1, 50, true, asked)),
        Double.isNaN(rate)
            ? null
            : new MeasuredModel.Speed(rate, 1000 / rate, 8, 2, 1, null, null));
  }

  private static Optional<String> beaten(MeasuredModel entry, MeasuredModel... others) {
    return ModelChoice.beaten(entry, List.of(others), "t/acc")
        .map(better -> ModelsCatalogue.reason(better.by(), better.merits()));
  }

  @Test
  void onlyWhatIsNowhereWorseBeats() {
    MeasuredModel own = entry('a', 100, 0.5, "x", 10);
    assertTrue(beaten(own, entry('b', 90, 0.5, "x", 20)).orElse("").contains("faster, smaller"));
    assertTrue(beaten(own, entry('b', 100, 0.8, "x", 10)).orElse("").contains("is better"));
    assertTrue(beaten(own, entry('b', 100, 0.6, "x", 10)).isEmpty(), "the intervals meet");
    assertTrue(beaten(own, entry('b', 90, 0.4, "x", 20)).isEmpty(), "worse in score");
    assertTrue(beaten(own, entry('b', 110, 0.9, "x", 20)).isEmpty(), "larger");
    assertTrue(beaten(own, entry('b', 90, 0.9, "y", 20)).isEmpty(), "something else was asked");
    assertTrue(beaten(own, entry('b', 90, 0.9, "x", Double.NaN)).isEmpty(), "never timed");
    assertTrue(beaten(own, own).isEmpty());
    assertEquals(10.0, own.cost(0.36), 1e-9); // 36,000 tokens an hour
    assertEquals(
        Set.of(ModelChoice.Merit.SCORE, ModelChoice.Merit.SIZE),
        ModelChoice.firsts(own, List.of(own, entry('b', 110, 0.4, "x", 20)), "t/acc"));
  }

  @Test
  void showsWhatWasMeasuredHereAlone() throws Exception {
    for (String digit : List.of("a", "b")) {
      String hash = digit.repeat(64);
      Path model = Files.createDirectories(folder.resolve("artifacts/weights/" + hash));
      Files.writeString(model.resolve("README.md"), "---\npipeline_tag: fill-mask\n---\n");
      Files.writeString(
          model.resolve("manifest.json"),
          "{\"kind\":\"weights\",\"hash\":\"%s\",\"files\":[]}".formatted(hash));
      Path kept = Files.createDirectories(folder.resolve("measured/weights"));
      Files.writeString(
          kept.resolve(hash + ".json"),
          """
          {"machine":"%s","peak_resident_bytes":1000,"tests":[
            {"n_prompt":64,"n_gen":0,"n_threads":2,"avg_ns":90000000,"avg_ts":700},
            {"n_prompt":0,"n_gen":8,"n_threads":2,"avg_ns":80000000,"avg_ts":100}]}
          """
              .formatted(digit.equals("a") ? Chain.machine() : "another"));
    }
    Said said =
        Said.imago("--workspace", folder, "models", "--for", "fill-mask", "--latency", "100ms");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("100 ms (64)"), said.out());
    assertTrue(said.out().contains("aaaaaaaaaaaa  unknown: not measured by this score"));
    assertTrue(said.out().contains("bbbbbbbbbbbb  no: its speed was not measured here"));
    for (List<String> wrong :
        List.of(
            List.of("--for", "chess"),
            List.of("--latency", "5"),
            List.of("--cost", "1"),
            List.of("--by", "t/acc"))) {
      assertEquals(
          2,
          Said.imago("--workspace", folder, "models", wrong.getFirst(), wrong.getLast()).exit(),
          wrong.toString());
    }
    assertEquals(2, Said.imago("--workspace", folder, "bench", folder, "--keep").exit());
  }
}
