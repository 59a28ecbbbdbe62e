package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunReportTest {
  @TempDir Path folder;

  private static Ref ref(String kind, char digit) {
    return new Ref(kind, String.valueOf(digit).repeat(64));
  }

  private static RunRecord record(RunRecord.Status status, String error) {
    return new RunRecord(
        "20261127-pretrain",
        "small",
        "pretrain",
        "pretrain",
        2,
        "k",
        status,
        Map.of("tokens", ref("tokens", 'a').toString()),
        Map.of("base", ref("weights", 'b').toString()),
        Map.of("depth", 4, "masking", Map.of("unit", "word", "share", 0.15)),
        42,
        2,
        "0.1",
        "amd64",
        "2026-11-27T03:00:00Z",
        12.25,
        error,
        null);
  }

  private String page(RunRecord record) throws Exception {
    RunReport.write(
        folder,
        record,
        ref ->
            ref.kind().equals("tokens")
                ? Optional.of(
                    new Provenance(
                        "encode",
                        1,
                        List.of(ref("corpus", 'c')),
                        "{}",
                        7,
                        "0.1",
                        "m",
                        Instant.EPOCH,
                        Instant.EPOCH))
                : Optional.empty());
    return Files.readString(folder.resolve("report.html"));
  }

  @Test
  void aPageHasCurvesTablesNotesSettingsAndLineage() throws Exception {
    Files.writeString(
        folder.resolve("metrics.jsonl"),
        "{\"step\":1,\"loss\":4.0,\"time\":1.0}\n"
            + "{\"step\":11,\"loss\":2.0,\"gradientNorm\":0.5}\n"
            + "{\"step\":2");
    Files.writeString(
        folder.resolve("tables.json"),
        "[{\"title\":\"Pre-training\",\"header\":[\"\",\"\"],\"rows\":[[\"tokens\",\"3,200\"]]}]");
    Files.writeString(folder.resolve("notes.txt"), "the <b>fox</b> & the hen\n");
    Files.writeString(folder.resolve("loss.svg"), "<svg id=\"loss\"></svg>");
    String page = page(record(RunRecord.Status.DONE, ""));
    assertTrue(page.contains("<title>pretrain of small</title>"));
    assertTrue(page.contains("<svg id=\"loss\">"));
    // The curve falls from the upper left to the lower right, two pixels from the edges.
    assertTrue(page.contains("points=\"2.0,2.0 358.0,118.0 \""), page);
    assertTrue(page.contains("<code>loss</code> 2.0000 at the end, 2.0000 … 4.0000"), page);
    assertTrue(page.contains("<code>gradientNorm</code>"));
    assertFalse(page.contains("<code>time</code>"));
    assertTrue(page.contains("<td>tokens</td><td class=\"n\">3,200</td>"));
    assertTrue(page.contains("<li>the &lt;b&gt;fox&lt;/b&gt; &amp; the hen</li>"));
    assertTrue(page.contains("<td class=\"k\">masking.unit</td><td>word</td>"));
    assertTrue(page.contains(ref("tokens", 'a').brief() + "</code> by encode, seed 7"));
    assertTrue(page.contains(ref("corpus", 'c').brief()));
    assertFalse(page.matches("(?s).*(src|href)=.*"), "it needs nothing else to open");
  }

  @Test
  void aFailureSaysWhy() throws Exception {
    String page = page(record(RunRecord.Status.FAILED, "depth = 99 is outside 1 … 64"));
    assertTrue(page.contains("<td class=\"k\">because</td><td>depth = 99 is outside 1 … 64</td>"));
    assertFalse(page.contains("<h2>Curves</h2>"));
  }

  @Test
  void everyRunOfAChainHasAPage() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run("stages: {count: {n: 4}, sum: {}}");
    try (var runs = Files.walk(folder.resolve("runs"))) {
      assertEquals(2, runs.filter(f -> f.endsWith("report.html")).count());
    }
  }

  @Test
  void whatTheModelWroteStandsThereTheNewestFirst() throws Exception {
    Files.writeString(
        folder.resolve("metrics.jsonl"),
        "{\"step\":10,\"prompt\":\"A\",\"sample\":\"<b>old\"}\n"
            + "{\"step\":20,\"prompt\":\"A\",\"sample\":\"new\"}\n{\"step\":30,\"samp");
    String page = page(record(RunRecord.Status.RUNNING, ""));
    assertTrue(page.contains("<td>running</td>"), page);
    assertTrue(page.indexOf(">new<") < page.indexOf(">&lt;b&gt;old<"), page);
    assertTrue(page.indexOf(">new<") > 0, page);
  }
}
