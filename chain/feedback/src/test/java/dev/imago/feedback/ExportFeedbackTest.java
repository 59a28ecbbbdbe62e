package dev.imago.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Artifact;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.Listener;
import dev.imago.core.Plan;
import dev.imago.core.Progress;
import dev.imago.core.Recipe;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import dev.imago.data.RatingLog;
import dev.imago.data.Ratings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFeedbackTest {
  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();

  private Path run() throws Exception {
    Path recipe = folder.resolve("recipe.yaml");
    Files.writeString(recipe, "stages: {feedback: {}}");
    Plan plan =
        Plan.of(Recipe.read(recipe, List.of(), Map.of()), List.of(new ExportFeedback(log())));
    var chain =
        new Chain(
            new Workspace(folder.resolve("workspace")),
            new Told(),
            new Chain.Options(1, false, "test"),
            Clock.systemUTC());
    Map<String, Artifact> outputs = chain.run(plan).get("feedback");
    assertTrue(outputs != null && outputs.get("ratings") instanceof Ratings);
    return outputs.get("ratings").folder();
  }

  private Path log() {
    return folder.resolve("ratings.jsonl");
  }

  private void rate(String id, String prompt, String answer, Vote vote) {
    try (RatingLog log = RatingLog.open(log())) {
      log.append(
          new Rating(
              Instant.EPOCH,
              id,
              vote,
              null,
              List.of(new Message("user", prompt)),
              answer,
              "weights/0123"));
    }
  }

  @Test
  void freezesTheRatingsAndWhatTheyTeach() throws Exception {
    rate("a", "int size()", "Returns the size.", Vote.UP);
    rate("b", "int size()", "Runs.", Vote.DOWN);
    rate("c", "void run()", "Runs.", Vote.UP);
    Path ratings = run();
    assertEquals(3, Files.readAllLines(ratings.resolve("ratings.jsonl")).size());
    assertEquals(1, Files.readAllLines(ratings.resolve("preference.jsonl")).size());
    assertEquals(1, Files.readAllLines(ratings.resolve("unpaired.jsonl")).size());
    assertEquals(List.of("started", "table [3, 1, 1, 0, 0]", "finished"), told);
  }

  @Test
  void runsAgainOnlyWhenTheLogHasGrown() throws Exception {
    rate("a", "int size()", "Returns the size.", Vote.UP);
    Path first = run();
    told.clear();
    assertEquals(first, run());
    assertEquals(List.of("reused"), told);
    rate("b", "int size()", "Runs.", Vote.DOWN);
    told.clear();
    Path second = run();
    assertEquals("started", told.getFirst());
    assertEquals(2, Files.readAllLines(second.resolve("ratings.jsonl")).size());
    assertEquals(1, Files.readAllLines(first.resolve("ratings.jsonl")).size(), "it stands");
  }

  @Test
  void takesALogThatIsNotThereYetForAnEmptyOneAndSaysSo() throws Exception {
    assertEquals(0, Files.size(run().resolve("ratings.jsonl")));
    assertTrue(told.stream().anyMatch(t -> t.startsWith("note no ratings in ")), told.toString());
  }

  @Test
  void refusesAFolderForALog() throws Exception {
    Files.createDirectories(log());
    ConfigException e = assertThrows(ConfigException.class, this::run);
    assertTrue(e.toString().contains("is a folder"), e.toString());
  }

  private final class Told implements Listener {
    @Override
    public void started(String step, boolean resumed) {
      told.add("started");
    }

    @Override
    public void reused(String step, Map<String, Ref> outputs) {
      told.add("reused");
    }

    @Override
    public void finished(String step, Map<String, Ref> outputs, Duration took) {
      told.add("finished");
    }

    @Override
    public Progress progress(String step, String what, long total, String unit) {
      return Progress.NONE;
    }

    @Override
    public void note(String line) {
      told.add("note " + line);
    }

    @Override
    public void table(String title, List<String> header, List<List<String>> rows) {
      rows.forEach(row -> told.add("table " + row));
    }
  }
}
