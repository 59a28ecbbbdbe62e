package dev.imago.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import dev.imago.data.Ratings;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelRatingsTest {
  @TempDir Path folder;
  private final List<Ratings> ratings = new ArrayList<>();
  private int runs;
  private String task = "answer";
  private FakeRun run = new FakeRun(Path.of(""), 1);

  private static Rating rating(String id, long second, Vote vote, String asked, String answer) {
    return rating(id, second, vote, List.of(new Message("user", asked)), answer);
  }

  private static Rating rating(
      String id, long second, Vote vote, List<Message> messages, String answer) {
    return new Rating(
        Instant.ofEpochSecond(second), id, vote, null, messages, answer, "weights/0123");
  }

  private void artifact(Rating... said) throws Exception {
    Path at = Files.createDirectories(folder.resolve("ratings" + ratings.size()));
    RatingsFolder.write(List.of(said), at);
    ratings.add(new Ratings(new Ref("ratings", "0".repeat(64)), at));
  }

  private Path labels(double heldoutFraction) {
    run = new FakeRun(folder.resolve("run" + runs++), 1);
    return new LabelRatings()
        .run(new LabelRatings.Inputs(ratings), new LabelRatings.Config(heldoutFraction, task), run)
        .labels()
        .folder();
  }

  @Test
  void goodAnswersBecomePairsAndBadOnesDoNot() throws Exception {
    artifact(
        rating("a", 1, Vote.UP, "int size()", "Returns the size."),
        rating("b", 2, Vote.DOWN, "int size()", "Runs."),
        rating("c", 3, Vote.DOWN, "void run()", "Returns."));
    List<Example> train = Examples.read(labels(0.1), Split.TRAIN);
    assertEquals(1, train.size());
    assertEquals("int size()", train.getFirst().prompt());
    assertEquals("Returns the size.", train.getFirst().completion());
    assertEquals("ratings", train.getFirst().source());
    assertEquals(List.of(), train.getFirst().messages());
    assertEquals(
        List.of(List.of("3", "1", "0", "2", "0", "0")), run.tables().get("Ratings as labels"));
  }

  @Test
  void agoodAndABadAnswerToOnePromptAreAPair() throws Exception {
    task = "preference";
    artifact(
        rating("a", 1, Vote.UP, "int size()", "Returns the size."),
        rating("b", 2, Vote.DOWN, "int size()", "Runs."),
        rating("c", 3, Vote.UP, "void run()", "Runs."));
    Path labels = labels(0.1);
    List<Example> train = Examples.read(labels, Split.TRAIN);
    assertEquals(1, train.size());
    assertEquals("Returns the size.", train.getFirst().completion());
    assertEquals("Runs.", train.getFirst().rejected());
    assertTrue(Files.readString(labels.resolve("task.json")).contains("preference"));
  }

  @Test
  void aConversationStandsWhole() throws Exception {
    var messages =
        List.of(
            new Message("system", "Be short."),
            new Message("user", "2 + 2?"),
            new Message("assistant", "4"),
            new Message("user", "And 3 + 3?"));
    artifact(rating("a", 1, Vote.UP, messages, "6"));
    Example example = Examples.read(labels(0), Split.TRAIN).getFirst();
    assertEquals(5, example.messages().size());
    assertEquals("And 3 + 3?", example.prompt());
    assertEquals("6", example.completion());
  }

  @Test
  void logsThatOverlapCountEachRatingOnceAndTheLastWord() throws Exception {
    Rating first = rating("a", 1, Vote.UP, "one", "Eins.");
    artifact(first);
    artifact(
        first, rating("a", 9, Vote.DOWN, "one", "Eins."), rating("b", 2, Vote.UP, "two", "Zwei."));
    assertEquals(
        List.of("Zwei."),
        Examples.read(labels(0), Split.TRAIN).stream().map(Example::completion).toList());
    ratings.add(ratings.removeFirst()); // in whatever order they come
    assertEquals("2", labelsTable(0).getFirst());
  }

  private List<String> labelsTable(double heldoutFraction) {
    labels(heldoutFraction);
    return run.tables().get("Ratings as labels").getFirst();
  }

  @Test
  void allAnswersToAPromptAreOnOneSideAndTheSameOnesAreHeldOutAsRatingsGrow() throws Exception {
    Rating[] said = new Rating[400];
    for (int i = 0; i < 400; i++) {
      said[i] = rating("c" + i, i, Vote.UP, "prompt " + i / 2, "answer " + i);
    }
    artifact(said);
    Path labels = labels(0.1);
    var heldout = prompts(labels, Split.HELDOUT);
    assertTrue(heldout.size() >= 8 && heldout.size() <= 35, heldout.size() + " of 200");
    var both = new HashSet<>(heldout);
    both.retainAll(prompts(labels, Split.TRAIN));
    assertEquals(new HashSet<>(), both);
    artifact(rating("new", 900, Vote.UP, "another prompt", "another answer"));
    assertTrue(prompts(labels(0.1), Split.HELDOUT).containsAll(heldout));
  }

  private static HashSet<String> prompts(Path labels, Split split) {
    var prompts = new HashSet<String>();
    Examples.read(labels, split).forEach(e -> prompts.add(e.prompt()));
    return prompts;
  }

  @Test
  void ofTwoPromptsOneIsHeldOutAndOfOneNone() throws Exception {
    artifact(rating("a", 1, Vote.UP, "one", "Eins."));
    assertEquals(List.of(), Examples.read(labels(0.1), Split.HELDOUT));
    artifact(rating("b", 2, Vote.UP, "two", "Zwei."));
    assertEquals(1, Examples.read(labels(0.1), Split.HELDOUT).size());
    assertEquals(1, Examples.read(labels(0.5), Split.TRAIN).size());
  }

  @Test
  void nothingGoodIsToldBeforeTuningStarts() throws Exception {
    artifact(
        rating("a", 1, Vote.DOWN, "one", "Zwei."),
        rating("b", 1, Vote.UP, List.of(new Message(Rating.TEXT, "Once upon")), " a time"));
    InputException e = assertThrows(InputException.class, () -> labels(0.1));
    assertTrue(e.toString().contains("none of the 2 ratings"), e.toString());
  }
}
