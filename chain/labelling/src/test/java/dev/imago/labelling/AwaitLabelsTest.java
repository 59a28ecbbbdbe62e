package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Role;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.fixtures.FakeRun;
import dev.imago.labelling.AwaitLabels.Config;
import dev.imago.labelling.AwaitLabels.Wanted;
import dev.imago.state.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwaitLabelsTest {
  @TempDir Path folder;

  @Test
  void what_is_waited_for_is_read_and_nonsense_is_refused() {
    assertEquals(new Wanted(500, 0.7), AwaitLabels.wanted("500 labels, alpha >= 0.7"));
    assertTrue(Double.isNaN(AwaitLabels.wanted("20 labels").alpha()));
    assertThrows(ConfigException.class, () -> AwaitLabels.wanted("many labels"));
    assertThrows(
        ConfigException.class,
        () -> new AwaitLabels(folder).check(new AwaitLabels(folder).defaults()));
  }

  private ScriptedProject project(State state) {
    return new ScriptedProject(
            state,
            folder,
            "task: choice\nlabels: [good, bad]\noverlap: 2\n",
            new LabelProject.Settings(Duration.ofMinutes(30), 0, 0, 0))
        .people("ann", "bob");
  }

  @Test
  void a_run_ends_and_says_what_it_waits_for_and_goes_on_when_it_is_there() throws Exception {
    Path at = folder.resolve("state");
    var stage = new AwaitLabels(at);
    String project;
    try (State state = ScriptedProject.open(at)) {
      ScriptedProject p = project(state);
      p.take(
          """
          {"id":"a","text":"a","split":"heldout"}
          {"id":"b","text":"b"}
          {"id":"c","text":"c"}
          """,
          false);
      project = p.project.name();
    }
    var config = new Config(project, at.toString(), "3 labels, alpha >= 0.9");
    InputException waits =
        assertThrows(
            InputException.class,
            () ->
                stage.run(new AwaitLabels.Inputs(), config, new FakeRun(folder.resolve("run"), 1)));
    assertTrue(String.valueOf(waits.getMessage()).contains("0 of 3 labels"), waits::getMessage);
    String before = stage.external(config);
    try (State state = ScriptedProject.open(at)) {
      LabelProject opened = LabelProject.open(state, Clock.systemUTC(), project);
      var queue = new LabelQueue(opened);
      var store = new LabelStore(opened);
      for (String person : List.of("ann", "bob")) {
        for (int i = 0; i < 3; i++) {
          var sent =
              ScriptedProject.sent(
                  queue.next(person).orElseThrow(), "c" + i, i == 1 ? "bad" : "good");
          store.save(person, sent);
        }
      }
    }
    assertNotEquals(before, stage.external(config));
    var run = new FakeRun(folder.resolve("run 2"), 1);
    Path labels = stage.run(new AwaitLabels.Inputs(), config, run).labels().folder();
    assertEquals(1, Files.readAllLines(labels.resolve("heldout.jsonl")).size());
    assertTrue(Files.readString(labels.resolve("heldout.jsonl")).contains("\"a\""));
    assertTrue(Files.readString(labels.resolve("task.json")).contains("classify"));
    assertTrue(Files.readString(labels.resolve("snapshot.json")).contains("\"agreement\" : 1.0"));
    String answered = stage.external(config);
    try (State state = ScriptedProject.open(at)) {
      LabelProject opened = LabelProject.open(state, Clock.systemUTC(), project);
      opened.member(new LabelProject.Member("rita", Role.REVIEWER));
      var review = new LabelReview(opened);
      LabelReview.Case of = review.of("rita", 0).orElseThrow();
      review.take(
          "rita", new LabelReview.Sent("r", 0, of.seen(), new LabelReview.Act.Accept("ann"), ""));
    }
    assertNotEquals(answered, stage.external(config));
  }
}
