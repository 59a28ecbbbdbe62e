package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainTest {
  private static final String RECIPE = "stages: {count: {n: 4}, sum: {}}";
  @TempDir Path folder;

  @Test
  void aFinishedChainIsReusedWhole() throws Exception {
    var fixture = new Fixture(folder);
    var first = fixture.run(RECIPE);
    fixture.events.clear();
    assertEquals(first, fixture.run(RECIPE));
    assertEquals(List.of("reused count", "reused sum"), fixture.events);
    assertEquals("10", Files.readString(total(first)));
  }

  @Test
  void aChangedSettingRunsExactlyWhatDependsOnIt() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run(RECIPE);
    fixture.events.clear();
    assertEquals("30", Files.readString(total(fixture.run(RECIPE, "sum.times=3"))));
    assertEquals(List.of("reused count", "started sum", "finished sum"), fixture.events);
  }

  @Test
  void theSameBytesFromAnotherConfigAreTheSameArtifact() throws Exception {
    var fixture = new Fixture(folder);
    var first = fixture.run(RECIPE);
    var second = fixture.run(RECIPE, "count.kind=fancy");
    assertEquals(first.get("count"), second.get("count"));
    assertTrue(fixture.events.contains("reused sum"));
  }

  @Test
  void aRunsPageIsThereWhileItRuns() {
    var fixture = new Fixture(folder);
    var pages = new ArrayList<String>();
    fixture.count.attached =
        () -> {
          String id = fixture.workspace.runRecords().getFirst().id();
          Path page = fixture.workspace.runs().resolve(id).resolve("report.html");
          try {
            pages.add(Files.readString(page));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    fixture.run(RECIPE);
    assertEquals(4, pages.size());
    assertTrue(pages.getFirst().contains("<td>running</td>"), pages.getFirst());
    assertTrue(pages.getLast().contains("<code>loss</code>"), pages.getLast());
  }

  @Test
  void whatARunToldIsKnownOfWhatItLeft() throws Exception {
    var fixture = new Fixture(folder);
    Artifact left = fixture.run(RECIPE).get("count").get("numbers");
    List<Map<String, Double>> points = fixture.workspace.metricsOf(left.ref());
    assertEquals(4, points.size());
    assertEquals(Map.of("step", 2.0, "loss", 0.5), points.get(1));
    String id = fixture.workspace.runRecords().getFirst().id();
    Path file = fixture.workspace.runs().resolve(id).resolve("metrics.jsonl");
    Files.writeString(file, "{\"prompt\":\"a\",\"step\":3}\n{\"loss\":2.5}\n{\"st");
    assertEquals(
        List.of(Map.of("step", 3.0), Map.of("loss", 2.5)), fixture.workspace.metricsOf(left.ref()));
    Files.delete(file);
    assertEquals(List.of(), fixture.workspace.metricsOf(left.ref()));
    assertEquals(List.of(), fixture.workspace.metricsOf(new Ref("corpus", "0".repeat(64))));
  }

  @Test
  void whatIsOutsideDecidesToo() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run(RECIPE);
    fixture.count.outside = "changed";
    fixture.events.clear();
    fixture.run(RECIPE);
    assertEquals("started count", fixture.events.getFirst());
  }

  @Test
  void aBrokenOffStageGoesOnAndEndsInTheSameArtifact() throws Exception {
    var undisturbed = new Fixture(folder.resolve("a")).run(RECIPE);
    var fixture = new Fixture(folder.resolve("b"));
    fixture.count.failAt = 3;
    assertThrows(InputException.class, () -> fixture.run(RECIPE));
    assertEquals(RunRecord.Status.FAILED, fixture.workspace.runRecords().getFirst().status());
    fixture.count.failAt = -1;
    fixture.events.clear();
    var resumed = fixture.run(RECIPE);
    assertEquals(
        List.of("resumed count", "note kept 1", "note kept 2"), fixture.events.subList(0, 3));
    assertEquals(
        total(undisturbed).getParent().getFileName(), total(resumed).getParent().getFileName());
    try (var left = Files.list(folder.resolve("b/scratch"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void anInterruptStopsAndSaysWhatIsKept() throws Exception {
    var fixture = new Fixture(folder);
    fixture.count.interruptAt = 3;
    var stopped = assertThrows(StoppedException.class, () -> fixture.run(RECIPE));
    assertEquals("count stopped and saved: the same command goes on after 2", stopped.getMessage());
    assertEquals(130, stopped.exitCode());
    assertEquals(false, Thread.interrupted(), "the interrupt is dealt with");
    assertEquals(RunRecord.Status.KILLED, fixture.workspace.runRecords().getFirst().status());
    assertEquals(
        "goes on after 2", fixture.chain(false).forecast(fixture.plan(RECIPE)).getFirst().reason());
    fixture.count.interruptAt = -1;
    fixture.run(RECIPE);
    assertTrue(fixture.events.contains("resumed count"));
  }

  @Test
  void aStageThatKeptNothingBeginsAgainAndSaysSo() throws Exception {
    var fixture = new Fixture(folder);
    fixture.count.interruptAt = 1;
    var stopped = assertThrows(StoppedException.class, () -> fixture.run(RECIPE));
    assertEquals(
        "count stopped; the steps before it are kept, and the same command begins it again",
        stopped.getMessage());
    // Its folder is there, but nothing in it to go on with.
    assertEquals("new", fixture.chain(false).forecast(fixture.plan(RECIPE)).getFirst().reason());
  }

  @Test
  void anEstimateKnowsTheFiguresAndTheArtifactsOfEarlierSteps() throws Exception {
    var fixture = new Fixture(folder);
    Plan plan = fixture.plan(RECIPE);
    List<Chain.Forecast> before = fixture.chain(false).forecast(plan);
    long n = before.getFirst().estimate().figures().get(Estimate.Figure.TOKENS);
    assertEquals(16 * n, before.getLast().estimate().memoryBytes());
    assertEquals(0, before.getLast().estimate().diskBytes(), "no input stands yet");
    fixture.run(RECIPE);
    assertEquals(1, fixture.chain(false).forecast(plan).getLast().estimate().diskBytes());
  }

  @Test
  void aKillBetweenTheLastTwoWritesLeavesADoneRun() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run(RECIPE);
    List<RunRecord> whole = fixture.workspace.runRecords();
    // The artifacts stand and are remembered; the run's own record was not yet written.
    RunRecord last = whole.getLast();
    Json.write(
        fixture.workspace.runs().resolve(last.id()).resolve("run.json"),
        last.ended(RunRecord.Status.RUNNING, Map.of(), 0, "", null));
    fixture.events.clear();
    fixture.run(RECIPE);
    assertEquals(List.of("reused count", "reused sum"), fixture.events);
    RunRecord settled = fixture.workspace.runRecords().getLast();
    assertEquals(RunRecord.Status.DONE, settled.status());
    assertEquals(last.outputs(), settled.outputs());
  }

  @Test
  void aRunThatAKillBrokeOffIsToldAsKilled() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run(RECIPE);
    RunRecord last = fixture.workspace.runRecords().getLast();
    Path broken = fixture.workspace.runs().resolve("20000101-000000-000-sum").resolve("run.json");
    Json.write(
        broken,
        new RunRecord(
            "20000101-000000-000-sum",
            last.recipe(),
            "sum",
            "sum",
            1,
            "0".repeat(64),
            RunRecord.Status.RUNNING,
            last.inputs(),
            Map.of(),
            last.config(),
            1,
            1,
            "test",
            "m",
            "2000-01-01T00:00:00Z",
            0,
            "",
            null));
    fixture.run(RECIPE);
    assertEquals(RunRecord.Status.KILLED, fixture.workspace.runRecords().getFirst().status());
  }

  @Test
  void aWorkspaceIsBusyWhileItIsHeld() {
    var fixture = new Fixture(folder);
    assertFalse(fixture.workspace.busy());
    try (ProcessLock _ = fixture.workspace.lock()) {
      assertTrue(fixture.workspace.busy());
    }
    assertFalse(fixture.workspace.busy());
  }

  @Test
  void aDamagedArtifactIsMadeAgain() throws Exception {
    var fixture = new Fixture(folder);
    var first = fixture.run(RECIPE);
    Path file = first.get("count").get("numbers").folder().resolve("2.txt");
    Files.writeString(file, "77");
    fixture.events.clear();
    assertEquals(first, fixture.run(RECIPE));
    assertTrue(fixture.events.get(0).contains("is made again"), fixture.events.toString());
    assertEquals("2", Files.readString(file));
  }

  @Test
  void verifyFindsDamageThatSizeAndTimeHide() throws Exception {
    var fixture = new Fixture(folder);
    Path file = fixture.run(RECIPE).get("count").get("numbers").folder().resolve("2.txt");
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "7");
    Files.setLastModifiedTime(file, before);
    fixture.events.clear();
    fixture.run(RECIPE);
    assertEquals(List.of("reused count", "reused sum"), fixture.events);
    fixture.chain(true).run(fixture.plan(RECIPE));
    assertEquals("2", Files.readString(file));
  }

  @Test
  void aCopiedWorkspaceWithOtherTimesIsReused() throws Exception {
    var fixture = new Fixture(folder);
    Path file = fixture.run(RECIPE).get("count").get("numbers").folder().resolve("2.txt");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    fixture.events.clear();
    fixture.run(RECIPE);
    assertEquals(List.of("reused count", "reused sum"), fixture.events);
  }

  @Test
  void aForecastTellsWhatWouldRunAndDoesNothing() throws Exception {
    var fixture = new Fixture(folder);
    var before = fixture.chain(false).forecast(fixture.plan(RECIPE));
    assertEquals(
        List.of("new", "waits for count, which runs"),
        before.stream().map(Chain.Forecast::reason).toList());
    assertFalse(Files.exists(folder.resolve("artifacts")));
    fixture.run(RECIPE);
    var after = fixture.chain(false).forecast(fixture.plan(RECIPE, "sum.times=2"));
    assertEquals(List.of("", "new"), after.stream().map(Chain.Forecast::reason).toList());
  }

  @Test
  void oneWorkspaceServesOneRunAtATime() {
    var fixture = new Fixture(folder);
    try (ProcessLock _ = fixture.workspace.lock()) {
      var error = assertThrows(EnvironmentException.class, () -> fixture.run(RECIPE));
      assertTrue(error.getMessage().contains("--workspace"));
    }
  }

  @Test
  void provenanceLeadsFromResultToSource() throws Exception {
    var fixture = new Fixture(folder);
    var made = fixture.run(RECIPE);
    Ref total = made.get("sum").get("total").ref();
    Provenance provenance = fixture.workspace.provenance(total).orElseThrow();
    assertEquals("sum", provenance.stage());
    assertEquals(List.of(made.get("count").get("numbers").ref()), provenance.inputs());
    assertEquals(total, fixture.workspace.find(total.hash().substring(0, 8)).ref());
    assertEquals(total, fixture.workspace.find(total.brief()).ref());
  }

  @Test
  void anUnknownOrAmbiguousReferenceIsToldApart() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run(RECIPE);
    assertThrows(ConfigException.class, () -> fixture.workspace.find("corpus/ffffffffff"));
    assertThrows(ConfigException.class, () -> fixture.workspace.find("co"));
  }

  private static Path total(java.util.Map<String, java.util.Map<String, Artifact>> made)
      throws IOException {
    return made.get("sum").get("total").folder().resolve("total");
  }
}
