package dev.imago.cli.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.core.Kind;
import dev.imago.core.Listener;
import dev.imago.core.Plan;
import dev.imago.core.Progress;
import dev.imago.core.Recipe;
import dev.imago.core.Ref;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.core.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Which trials run, how often, and which is the best: on two stages that count how often they run.
class SweepTest {
  @TempDir Path folder;
  private final Read read = new Read();
  private final Fit fit = new Fit();
  private final List<String> told = new ArrayList<>();
  private Workspace workspace;
  private long minutesGone;

  @Kind(name = "corpus", form = "a text")
  record Text(Ref ref, Path folder) implements Artifact {}

  @Kind(name = "scores", form = "a line")
  record Line(Ref ref, Path folder) implements Artifact {}

  /// Leaves a text.
  static final class Read extends Stage<Read.Inputs, Read.Config, Read.Outputs> {
    int runs;
    String outside = "";

    public record Inputs() {}

    public record Config(int words) {}

    public record Outputs(Text text) {}

    Read() {
      super("read", 1, Inputs.class, new Config(5), Outputs.class);
    }

    @Override
    public String external(Config config) {
      return outside;
    }

    @Override
    public Outputs run(Inputs inputs, Config config, Run run) {
      runs++;
      Draft draft = run.draft(Text.class, "text");
      AtomicFile.write(draft.folder().resolve("text"), config.words() + outside);
      return new Outputs(draft.commit(Text.class));
    }
  }

  /// Measures how far `slope` is from 3, the nearer the longer it goes on.
  static final class Fit extends Stage<Fit.Inputs, Fit.Config, Fit.Outputs> {
    final List<String> ran = new ArrayList<>();
    double killAt = Double.NaN;
    Runnable meanwhile = () -> {};
    double fullAt = Double.NaN;

    public record Inputs(Text text) {}

    public record Config(double slope, int steps, boolean bent) {
      public Config {
        if (bent && slope > 5) {
          throw new ConfigException("slope = %s is too much for bent".formatted(slope));
        }
      }
    }

    public record Outputs(Line line) {}

    Fit() {
      super("fit", 1, Inputs.class, new Config(1, 100, false), Outputs.class);
    }

    @Override
    public Outputs run(Inputs inputs, Config config, Run run) {
      if (config.slope() == killAt) {
        throw new AssertionError("killed");
      }
      if (config.slope() == fullAt) {
        throw new EnvironmentException("the disk is full");
      }
      ran.add(config.slope() + "/" + config.steps());
      meanwhile.run();
      if (config.slope() == 7) {
        throw new InputException("slope = 7 diverges");
      }
      double loss = Math.abs(config.slope() - 3) + 1.0 / config.steps();
      run.metric(Map.of("step", 1, "developmentLoss", loss + 1, "heldoutLoss", loss + 3));
      run.metric(Map.of("step", 2, "developmentLoss", loss, "heldoutLoss", loss + 2));
      Draft draft = run.draft(Line.class, "line");
      AtomicFile.write(draft.folder().resolve("line"), config.toString());
      return new Outputs(draft.commit(Line.class));
    }
  }

  @BeforeEach
  void workspace() {
    workspace = new Workspace(folder.resolve("workspace"));
  }

  private Plan plan(Map<String, String> changed) {
    try {
      Path file = folder.resolve("line.yaml");
      Files.writeString(file, "stages: {read: , fit: }");
      List<String> words =
          changed.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
      return Plan.of(Recipe.read(file, words, Map.of()), List.of(read, fit));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Sweep.Outcome sweep(Halving halving, double minutes, boolean retry, double... slopes) {
    var ranges = new LinkedHashMap<String, SearchRange>();
    List<String> values = IntStream.range(0, slopes.length).mapToObj(i -> "" + slopes[i]).toList();
    ranges.put("fit.slope", new SearchRange.Choice(values));
    List<Map<String, String>> combinations =
        values.stream().map(v -> Map.of("fit.slope", v)).toList();
    var search =
        new Sweep.Search(
            "line",
            new Space(ranges),
            combinations,
            Metric.DEVELOPMENT_LOSS,
            "fit",
            halving,
            1,
            minutes,
            retry);
    var chain =
        new Chain(workspace, new Silent(), new Chain.Options(1, false, "test"), Clock.systemUTC());
    return new Sweep(
            workspace,
            chain,
            this::plan,
            search,
            folder.resolve("sweep"),
            new Told(told),
            () -> minutesGone++ * 60_000_000_000L)
        .run();
  }

  private Sweep.Outcome random(double... slopes) {
    return sweep(Halving.NONE, Double.POSITIVE_INFINITY, false, slopes);
  }

  @Test
  void theBestIsFoundAndWhatTrialsShareIsMadeOnce() throws Exception {
    Sweep.Outcome outcome = random(1, 2.5, 4);
    assertEquals(2, outcome.best().orElseThrow().number());
    assertEquals(0.51, outcome.best().orElseThrow().value(), 1e-12);
    assertEquals(2.51, outcome.best().orElseThrow().heldoutLoss(), 1e-12);
    assertEquals(1, read.runs);
    List<String> csv = Files.readAllLines(folder.resolve("sweep/trials.csv"));
    assertEquals(
        "trial,rung,budget,fit.slope,developmentLoss,status,seconds,left,run,error",
        csv.getFirst());
    assertEquals(4, csv.size());
    for (String line : Files.readAllLines(folder.resolve("sweep/trials.jsonl"))) {
      assertEquals("done", JsonMapper.shared().readTree(line).get("status").asString());
    }
    String page = Files.readString(folder.resolve("sweep/report.html"));
    assertEquals(3, page.split("<circle", -1).length - 1);
    String bare = page.replace("http://www.w3.org/2000/svg", ""); // a name, and no address
    assertFalse(bare.contains("http://") || bare.contains("https://"), "it opens offline");
  }

  @Test
  void aFailedTrialIsToldAndDoesNotEndTheSweep() {
    Sweep.Outcome outcome = random(7, 2);
    assertEquals("slope = 7 diverges", outcome.trials().getFirst().failed());
    assertEquals(2, outcome.best().orElseThrow().number());
    assertEquals(List.of("7.0/100", "2.0/100"), fit.ran);
    var _ = random(7, 2);
    assertEquals(2, fit.ran.size(), "a failure is remembered");
    var _ = sweep(Halving.NONE, 1e9, true, 7, 2);
    assertEquals(List.of("7.0/100", "2.0/100", "7.0/100"), fit.ran);
  }

  @Test
  void whereAllFailThereIsNoBest() {
    assertTrue(random(7).best().isEmpty());
  }

  @Test
  void whatWasKilledGoesOnAndNothingRunsTwice() {
    fit.killAt = 4;
    assertThrows(AssertionError.class, () -> random(1, 2, 4, 5));
    assertEquals(List.of("1.0/100", "2.0/100"), fit.ran);
    fit.killAt = Double.NaN;
    Sweep.Outcome outcome = random(1, 2, 4, 5);
    assertEquals(4, outcome.trials().size());
    assertEquals(List.of("1.0/100", "2.0/100", "4.0/100", "5.0/100"), fit.ran);
    assertEquals(1, read.runs);
  }

  @Test
  void aTrialThatEndedBeforeItWasWrittenDownIsNotRunAgain() throws Exception {
    var _ = random(1, 2);
    Files.delete(folder.resolve("sweep/trials.jsonl"));
    assertEquals(2, random(1, 2).trials().size());
    assertEquals(2, fit.ran.size());
  }

  @Test
  void moreTrialsKeepThoseThatAreDone() {
    var _ = random(1, 2);
    var _ = random(1, 2, 2.5);
    assertEquals(List.of("1.0/100", "2.0/100", "2.5/100"), fit.ran);
  }

  @Test
  void trialsThatWouldReadAnotherTextAreNotCompared() {
    fit.meanwhile = () -> read.outside = "changed";
    String message = assertThrows(InputException.class, () -> random(1, 2)).getMessage();
    assertTrue(message.contains("has changed while they ran"), message);
    assertEquals(2, random(1, 2).trials().stream().filter(Trial::done).count());
    assertEquals(2, read.runs);
  }

  @Test
  void aFullDiskEndsItAndFailsNoTrial() {
    fit.fullAt = 2;
    assertThrows(EnvironmentException.class, () -> random(1, 2));
    fit.fullAt = Double.NaN;
    assertTrue(random(1, 2).trials().stream().allMatch(Trial::done));
  }

  @Test
  void halvingTakesTheBetterOnesFurther() {
    Halving halving = Halving.of("fit.steps", "10..90", 3, true);
    Sweep.Outcome outcome =
        sweep(halving, Double.POSITIVE_INFINITY, false, 9, 8, 1, 2, 6, 5, 3.5, 10, 7);
    assertEquals("90", outcome.best().orElseThrow().budget());
    assertEquals(7, outcome.best().orElseThrow().number());
    assertEquals(9 + 3 + 1, fit.ran.size());
    assertEquals(List.of("1.0/30", "2.0/30", "3.5/30", "3.5/90"), fit.ran.subList(9, 13));
    assertEquals(1, read.runs);
  }

  @Test
  void nothingBeginsAfterItsTime() {
    Sweep.Outcome outcome = sweep(Halving.NONE, 2.5, false, 1, 2, 4, 5);
    assertFalse(outcome.whole());
    assertEquals(List.of("1.0/100", "2.0/100"), fit.ran);
    minutesGone = 0;
    assertTrue(sweep(Halving.NONE, 100, false, 1, 2, 4, 5).whole());
    assertEquals(4, fit.ran.size());
  }

  @Test
  void combinationsThatTheRecipeRefusesArePassedOver() {
    var ranges = new LinkedHashMap<String, SearchRange>();
    ranges.put("fit.slope", new SearchRange.Between(0, 10, false, false));
    ranges.put("fit.bent", new SearchRange.Choice(List.of("true", "false")));
    var space = new Space(ranges);
    Space.Drawn twelve = space.draw(3, 12, this::plan);
    assertEquals(12, twelve.combinations().size());
    assertTrue(twelve.refused() > 0);
    assertTrue(twelve.because().contains("too much for bent"), twelve.because());
    assertEquals(twelve.combinations().subList(0, 5), space.draw(3, 5, this::plan).combinations());
    space.check(this::plan, twelve.combinations());
    ranges.put("fit.steps", new SearchRange.Choice(List.of("10", "many")));
    assertThrows(
        ConfigException.class, () -> new Space(ranges).check(this::plan, twelve.combinations()));
  }

  @Test
  void aSmallSpaceIsTriedWhole() {
    var ranges = new LinkedHashMap<String, SearchRange>();
    ranges.put("fit.steps", new SearchRange.Between(1, 3, false, true));
    ranges.put("fit.bent", new SearchRange.Choice(List.of("true", "false")));
    assertEquals(6, new Space(ranges).draw(1, 50, this::plan).combinations().size());
  }

  private record Told(List<String> lines) implements Sweep.Told {
    @Override
    public void begins(int nth, int of, int number, String budget, Map<String, String> settings) {
      lines.add("%d of %d: %s %s".formatted(nth, of, settings, budget));
    }

    @Override
    public void ended(Trial trial, boolean before) {
      lines.add(trial.number() + (before ? " before" : ""));
    }
  }

  private static final class Silent implements Listener {
    @Override
    public void started(String step, boolean resumed) {}

    @Override
    public void reused(String step, Map<String, Ref> outputs) {}

    @Override
    public void finished(String step, Map<String, Ref> outputs, Duration took) {}

    @Override
    public Progress progress(String step, String what, long total, String unit) {
      return Progress.NONE;
    }

    @Override
    public void note(String line) {}

    @Override
    public void table(String title, List<String> header, List<List<String>> rows) {}
  }
}
