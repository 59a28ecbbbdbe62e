package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.model.Architectures;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.suites.PromptOptions;
import dev.imago.suites.Suite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteEvaluationTest {
  @TempDir private Path folder;

  /// Tells a likelihood by a text's length; ends after some answers, if asked to.
  private static final class CountingModel implements SuiteModel {
    private final int ends;
    private int asked;

    CountingModel(int ends) {
      this.ends = ends;
    }

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public String identity() {
      return "counting 1";
    }

    @Override
    public ConversationForm conversation() {
      return (turns, continued) -> turns.toString();
    }

    @Override
    public void replies(List<ModelRequest> requests, Told told) throws InterruptedException {
      for (int i = 0; i < requests.size(); i++) {
        if (asked == ends) {
          throw new InterruptedException();
        }
        asked++;
        if (requests.get(i) instanceof ModelRequest.Continuation c) {
          told.of(i, new ModelReply.Likelihood(-c.continuation().length(), false, 1));
        }
      }
    }

    @Override
    public double atWork() {
      return 0;
    }

    @Override
    public Set<String> notes() {
      return Set.of();
    }

    @Override
    public void close() {}
  }

  private SuiteEvaluation.Outcome run(CountingModel model) throws Exception {
    return new SuiteEvaluation(folder, false)
        .run(
            Suite.read(
                List.of(SuiteConformanceTest.task("yesno"), SuiteConformanceTest.task("blank")),
                PromptOptions.USUAL),
            model,
            Progress.NONE);
  }

  @Test
  void whatWasAskedIsNotAskedAgain() throws Exception {
    var model = new CountingModel(Integer.MAX_VALUE);
    SuiteEvaluation.Outcome first = run(model);
    int asked = model.asked;
    SuiteEvaluation.Outcome second = run(model);
    assertEquals(asked, model.asked);
    assertEquals(0, second.cost().answers());
    assertEquals(first.score("tiny_yesno", "acc"), second.score("tiny_yesno", "acc"));
  }

  @Test
  void anEvaluationThatWasEndedGoesOn() throws Exception {
    var ended = new CountingModel(40);
    assertThrows(InterruptedException.class, () -> run(ended));
    Path answers = Files.list(folder).findFirst().orElseThrow();
    String kept = Files.readString(answers);
    assertTrue(!kept.isEmpty());
    // A kill in the midst of a line.
    Files.writeString(answers, kept + "{\"asked\": \"half of a li");
    var again = new CountingModel(Integer.MAX_VALUE);
    SuiteEvaluation.Outcome outcome = run(again);
    var whole = new CountingModel(Integer.MAX_VALUE);
    Path other = folder.resolve("other");
    SuiteEvaluation.Outcome fresh =
        new SuiteEvaluation(other, false)
            .run(
                Suite.read(
                    List.of(SuiteConformanceTest.task("yesno"), SuiteConformanceTest.task("blank")),
                    PromptOptions.USUAL),
                whole,
                Progress.NONE);
    assertTrue(again.asked < whole.asked, again.asked + " of " + whole.asked);
    assertEquals(
        fresh.tasks().stream().map(SuiteEvaluation.TaskResult::scores).toList(),
        outcome.tasks().stream().map(SuiteEvaluation.TaskResult::scores).toList());
  }

  @Test
  void orderAndThreadsChangeNoBit() throws Exception {
    Path weights = MergedModel.write(folder.resolve("model"));
    List<ModelRequest> requests =
        Suite.read(List.of(SuiteConformanceTest.task("choice")), PromptOptions.USUAL)
            .tasks()
            .getFirst()
            .items()
            .subList(0, 3)
            .stream()
            .flatMap(i -> i.requests().stream())
            .toList();
    try (SuiteModel one = SuiteModels.open("tiny", weights, 1);
        SuiteModel two = SuiteModels.open("tiny", weights, 2)) {
      assertEquals(one.replies(requests), two.replies(requests.reversed()).reversed());
      var alone = new ArrayList<ModelReply>();
      for (ModelRequest ask : requests) {
        alone.addAll(one.replies(List.of(ask)));
      }
      assertEquals(alone, one.replies(requests));
    }
  }

  @Test
  void answersAreUnderThePenaltyThatTheModelAsksForAndItIsTold() throws Exception {
    Path weights = MergedModel.write(folder.resolve("model"));
    var ask = new ModelRequest.Generation("the the the", List.of(), 4, 0, 1, 0, 0);
    ModelReply plain;
    String identity;
    try (SuiteModel model = SuiteModels.open("tiny", weights, 1)) {
      plain = model.replies(List.of(ask)).getFirst();
      identity = model.identity();
      assertEquals(Set.of(), model.notes());
    }
    Path config = weights.resolve("generation_config.json");
    Files.writeString(config, "{\"repetition_penalty\": 0.01}");
    try (SuiteModel model = SuiteModels.open("tiny", weights, 1)) {
      assertNotEquals(plain, model.replies(List.of(ask)).getFirst());
      assertNotEquals(identity, model.identity());
      assertTrue(model.notes().toString().contains("repetition_penalty = 0.01"));
    }
    try (SuiteModel model = SuiteModels.open("tiny", weights, 1, Optional.of(1f))) {
      assertEquals(plain, model.replies(List.of(ask)).getFirst());
    }
    Files.writeString(config, "{\"repetition_penalty\": 0}");
    assertThrows(InputException.class, () -> SuiteModels.open("tiny", weights, 1));
    Files.writeString(config, "{\"repetition_penalty\": ");
    var broken = assertThrows(InputException.class, () -> SuiteModels.open("tiny", weights, 1));
    assertTrue(broken.getMessage().contains("generation_config.json is no JSON"));
  }

  @Test
  void aModelThatReadsASourceTakesNoPenaltyAndIsNoOtherModelForOneThatIsNotApplied()
      throws Exception {
    Path weights =
        MergedModel.write(
            folder.resolve("model"),
            vocabulary -> Architectures.ofDepth("t5", 1, vocabulary, MergedModel.CONTEXT));
    var refused =
        assertThrows(
            InputException.class, () -> SuiteModels.open("tiny", weights, 1, Optional.of(1.2f)));
    assertEquals(
        "--repetition-penalty = 1.2 is of models that continue their prompt, and tiny (t5) reads a"
            + " source; leave it out",
        refused.getMessage());
    String identity = SuiteModels.identity(weights);
    try (SuiteModel model = SuiteModels.open("tiny", weights, 1, Optional.of(1f))) {
      assertEquals(identity, model.identity());
    }
    Files.writeString(weights.resolve("generation_config.json"), "{\"repetition_penalty\": 1.5}");
    identity = SuiteModels.identity(weights);
    try (SuiteModel model = SuiteModels.open("tiny", weights, 1)) {
      assertEquals(identity, model.identity());
    }
  }

  @Test
  void aContextThatIsTooLongIsCutFromTheLeftAndToldOf() throws Exception {
    Path weights = MergedModel.write(folder.resolve("model"));
    String end = "z ".repeat(MergedModel.CONTEXT);
    try (SuiteModel model = SuiteModels.open("tiny", weights, 1)) {
      List<ModelReply> replies =
          model.replies(
              List.of(
                  new ModelRequest.Continuation("a quite other beginning " + end + "so:", " yes"),
                  new ModelRequest.Continuation("one " + end + "so:", " yes")));
      assertEquals(replies.get(0), replies.get(1));
      assertTrue(model.notes().toString().contains("cut from the left"), model.notes().toString());
    }
  }

  @Test
  void aFolderWithoutAModelIsToldWithWhatMayBeNamed() {
    String said =
        assertThrows(InputException.class, () -> SuiteModels.open("here", folder, 1)).getMessage();
    assertTrue(said.startsWith("here is no model") && said.contains(".gguf file"), said);
  }
}
