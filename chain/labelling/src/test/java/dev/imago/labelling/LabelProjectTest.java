package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.agreement.Agreement;
import dev.imago.annotation.AnnotationTask;
import dev.imago.core.ConfigException;
import dev.imago.labelling.LabelProject.Settings;
import dev.imago.labelling.LabelStore.Outcome;
import dev.imago.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelProjectTest {
  private static final String CHOICE = "task: choice\nlabels: [good, bad]\n";
  private static final Settings PLAIN = new Settings(Duration.ofMinutes(30), 0, 0, 0);

  @TempDir static Path folder;
  private static State state;

  @BeforeAll
  static void open() {
    state = ScriptedProject.open(folder.resolve("state"));
  }

  @AfterAll
  static void close() {
    state.close();
  }

  private static ScriptedProject of(String task, Settings settings) {
    return new ScriptedProject(state, folder, task, settings).people("ann", "bob");
  }

  private static ScriptedProject choice() {
    return of(CHOICE, PLAIN);
  }

  @Test
  void two_people_do_not_get_one_item_and_a_reload_gives_the_same_one() {
    ScriptedProject p = choice().items(2);
    assertEquals("0", p.next("ann").item().id());
    assertEquals("0", p.next("ann").item().id());
    assertEquals("1", p.next("bob").item().id());
    p.save("bob", p.next("bob"), "good");
    assertTrue(p.queue.next("bob").isEmpty());
    assertEquals(0, p.wrong());
  }

  @Test
  void a_lease_that_runs_out_returns_and_comes_first() {
    ScriptedProject p = choice().items(3);
    var late = p.next("ann");
    p.save("bob", p.next("bob"), "good");
    p.clock.advance(Duration.ofMinutes(31));
    assertEquals("0", p.next("bob").item().id());
    p.save("bob", p.next("bob"), "good");
    // Her answer comes when the place is taken: it is kept, and does not count.
    var refused = assertInstanceOf(Outcome.Refused.class, p.save("ann", late, "bad"));
    assertTrue(refused.why().contains("ran out"));
    assertEquals(0, p.wrong());
    assertEquals(3, p.history());
  }

  @Test
  void an_answer_after_the_lease_counts_while_a_place_is_free() {
    ScriptedProject p = choice().items(1);
    var late = p.next("ann");
    p.clock.advance(Duration.ofMinutes(31));
    assertInstanceOf(Outcome.Stored.class, p.save("ann", late, "bad"));
    assertEquals(0, p.wrong());
  }

  @Test
  void what_is_sent_twice_is_stored_once() {
    ScriptedProject p = choice().items(1);
    var sent = ScriptedProject.sent(p.next("ann"), "c1", "good");
    assertEquals(new Outcome.Stored(1), p.store.save("ann", sent));
    assertEquals(new Outcome.Stored(1), p.store.save("ann", sent));
    assertEquals(1, p.history());
    assertThrows(
        IllegalArgumentException.class,
        () -> new AnswerUndo(p.project).last("ann", "u".repeat(81)));
  }

  @Test
  void what_is_sent_twice_at_once_is_stored_once() throws Exception {
    ScriptedProject p = choice().items(8);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        var sent = ScriptedProject.sent(p.next("ann"), "c" + i, "good");
        List<Future<Outcome>> both = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
          both.add(threads.submit(() -> p.store.save("ann", sent)));
        }
        for (Future<Outcome> each : both) {
          assertEquals(new Outcome.Stored(1), each.get());
        }
      }
    }
    assertEquals(8, p.history());
    assertEquals(0, p.wrong());
  }

  @Test
  void an_older_revision_is_a_conflict_with_what_is_there() {
    ScriptedProject p = choice().items(1);
    var tab = p.next("ann");
    p.save("ann", tab, "good");
    var conflict = assertInstanceOf(Outcome.Conflict.class, p.save("ann", tab, "bad"));
    assertEquals(1, conflict.revision());
    assertTrue(conflict.there().contains("good"));
    var again = p.queue.own("ann", tab.number()).orElseThrow();
    assertEquals(new Outcome.Stored(2), p.save("ann", again, "bad"));
    assertEquals(0, p.wrong());
    assertEquals(3, p.history());
  }

  @Test
  void a_skipped_item_goes_to_another_and_not_back() {
    ScriptedProject p = choice().items(1);
    p.skip("ann", p.next("ann"), "unreadable");
    assertTrue(p.queue.next("ann").isEmpty());
    assertEquals("0", p.next("bob").item().id());
    assertEquals(0, p.wrong());
  }

  @Test
  void the_last_answer_is_taken_back_and_can_be_given_anew() {
    ScriptedProject p = choice().items(2);
    p.save("ann", p.next("ann"), "good");
    var undo = new AnswerUndo(p.project);
    assertEquals(0, undo.last("ann", "u1").orElseThrow());
    assertEquals(0, undo.last("ann", "u1").orElseThrow());
    assertEquals(0, p.wrong());
    var again = p.next("ann");
    assertEquals("0", again.item().id());
    assertNull(again.own());
    assertEquals("", again.note());
    assertEquals(0, ProjectStatus.of(p.project).people().getFirst().skipped());
    assertEquals(new Outcome.Stored(3), p.save("ann", again, "bad"));
    assertEquals(0, p.wrong());
  }

  @Test
  void nobody_labels_an_item_more_than_once_nor_sees_anothers_label() {
    ScriptedProject p = of(CHOICE + "overlap: 2\n", PLAIN).items(1);
    p.save("ann", p.next("ann"), "good");
    assertTrue(p.queue.next("ann").isEmpty());
    var second = p.next("bob");
    assertNull(second.own());
    assertTrue(p.queue.own("bob", 99).isEmpty());
    p.save("bob", second, "bad");
    assertEquals(1, ProjectStatus.of(p.project).done());
  }

  @Test
  void limits_priorities_and_gold_items_are_honoured() {
    ScriptedProject p = of(CHOICE, new Settings(Duration.ofMinutes(30), 3, 2, 0));
    p.take("{\"id\":\"a\",\"text\":\"a\"}\n{\"id\":\"b\",\"text\":\"b\",\"priority\":1}\n", false);
    p.take("{\"id\":\"g\",\"text\":\"g\",\"answers\":[{\"labels\":[\"bad\"]}]}\n", true);
    assertEquals("b", p.next("ann").item().id());
    p.save("ann", p.next("ann"), "good");
    assertEquals("g", p.next("ann").item().id());
    p.save("ann", p.next("ann"), "bad");
    assertEquals("a", p.next("ann").item().id());
    p.save("ann", p.next("ann"), "good");
    assertTrue(p.queue.next("ann").isEmpty());
    var ann = ProjectStatus.of(p.project).people().getFirst();
    assertEquals(1, ann.goldRight());
    assertEquals(1, ann.goldAnswered());
    assertEquals(2, ProjectAgreement.of(p.project).items().size());
  }

  @Test
  void a_suggestion_is_shown_but_to_a_share() {
    String item =
        "{\"id\":\"a\",\"text\":\"a\",\"answers\":[{\"model\":\"m\",\"probability\":0.9,\"labels\":[\"bad\"]}]}";
    ScriptedProject all = of(CHOICE, PLAIN);
    all.take(item, false);
    assertNotNull(all.next("ann").suggestion());
    ScriptedProject none = of(CHOICE, new Settings(Duration.ofMinutes(30), 0, 0, 100));
    none.take(item, false);
    assertNull(none.next("ann").suggestion());
  }

  @Test
  void bad_input_is_told_and_the_rest_goes_on() {
    ScriptedProject p = choice();
    var taken =
        p.take(
            """
            {"id":"a","text":"x"}
            {"id":"a","text":"again"}
            {"id":"b","text":"x","answers":[{"labels":["goood"]}]}
            {broken
            {"id":"c","text":"<script>\\u202e"}
            """,
            false);
    assertEquals(2, taken.taken());
    assertEquals(0, taken.known());
    assertEquals(3, taken.broken());
    String told = p.notes.toString();
    assertTrue(told.contains("did you mean «good»") && told.contains("another text"), told);
    var of = p.next("ann");
    var changed =
        new LabelStore.Sent(
            "x", of.number(), 0, "other", dev.imago.annotation.LabelAnswer.NONE, "", "");
    assertTrue(
        assertInstanceOf(Outcome.Refused.class, p.store.save("ann", changed))
            .why()
            .contains("text has changed"));
    p.project.remove("ann");
    assertThrows(LabelQueue.RemovedException.class, () -> p.queue.next("ann"));
    assertInstanceOf(Outcome.Refused.class, p.save("ann", of, "good"));
    assertEquals("a", p.next("bob").item().id());
    assertEquals(0, p.wrong());
  }

  @Test
  void a_new_version_carries_work_over_and_asks_before_it_drops_some() {
    ScriptedProject p = choice().items(2);
    p.save("ann", p.next("ann"), "good");
    p.save("ann", p.next("ann"), "bad");
    p.project.change("task: choice\nlabels: [{name: fine, was: good}, bad, mixed]\n", false);
    assertEquals(2, p.project.version());
    var own = p.queue.own("ann", 0).orElseThrow();
    assertEquals(List.of("fine"), own.own() == null ? List.of() : own.own().labels());
    ConfigException asks =
        assertThrows(
            ConfigException.class,
            () -> p.project.change("task: choice\nlabels: [fine, mixed]\n", false));
    assertTrue(String.valueOf(asks.getMessage()).contains("1 answers use it"));
    assertEquals(2, p.project.version());
    p.project.change("task: choice\nlabels: [fine, mixed]\n", true);
    assertEquals("1", p.next("bob").item().id());
    assertEquals(0, p.wrong());
    assertEquals(List.of("fine", "mixed"), AnnotationTask.parse(p.project.yaml()).labelNames());
  }

  @Test
  void right_answers_and_suggestions_are_carried_over_too() {
    ScriptedProject p = of(CHOICE, new Settings(Duration.ofMinutes(30), 0, 1, 0));
    p.take("{\"id\":\"g\",\"text\":\"g\",\"answers\":[{\"labels\":[\"bad\"]}]}", true);
    p.take(
        "{\"id\":\"a\",\"text\":\"a\",\"answers\":[{\"model\":\"m\",\"labels\":[\"good\"]}]}",
        false);
    p.project.change(
        "task: choice\nlabels: [{name: fine, was: good}, {name: poor, was: bad}]", false);
    p.save("ann", p.next("ann"), "poor");
    assertEquals(1, ProjectStatus.of(p.project).people().getFirst().goldRight());
    var suggested = p.next("ann").suggestion();
    assertEquals(List.of("fine"), suggested == null ? List.of() : suggested.labels());
    String without = "task: choice\nlabels: [other]";
    assertThrows(ConfigException.class, () -> p.project.change(without, false));
    p.project.change(without, true);
    assertNull(p.next("ann").suggestion());
    assertEquals(0, ProjectStatus.of(p.project).gold());
    assertEquals(2, ProjectStatus.of(p.project).items());
    assertEquals(0, p.wrong());
  }

  @Test
  void what_comes_later_is_given_to_those_who_are_far_on() {
    ScriptedProject p = choice().items(2);
    p.save("ann", p.next("ann"), "good");
    p.save("bob", p.next("bob"), "bad");
    p.take("{\"id\":\"late\",\"text\":\"x\",\"priority\":0}", false);
    assertEquals("late", p.next("ann").item().id());
    p.save("ann", p.next("ann"), "good");
    assertTrue(p.queue.next("bob").isEmpty());
    p.project.change(CHOICE + "overlap: 2\n", false);
    for (String person : List.of("ann", "bob", "bob")) {
      p.save(person, p.next(person), "good");
    }
    assertEquals(3, ProjectStatus.of(p.project).done());
    assertEquals(0, p.wrong());
  }

  @Test
  void who_was_taken_out_stays_out_and_takes_nothing_back() {
    ScriptedProject p = choice().items(1);
    p.save("ann", p.next("ann"), "good");
    p.project.remove("ann");
    p.take(
        "{\"id\":\"x\",\"text\":\"x\",\"answers\":[{\"by\":\"ann\",\"labels\":[\"bad\"]}]}", false);
    assertEquals(List.of("bob"), p.project.labelling());
    assertEquals(List.of("ann", "bob"), p.project.people());
    assertThrows(
        LabelQueue.RemovedException.class, () -> new AnswerUndo(p.project).last("ann", "u"));
    p.project.person("ann");
    assertEquals(List.of("ann", "bob"), p.project.labelling());
  }

  @Test
  void written_answers_have_an_agreement_and_no_table() {
    ScriptedProject p = of("task: text\noverlap: 2\n", PLAIN).items(2);
    for (String person : List.of("ann", "bob")) {
      for (int i = 0; i < 2; i++) {
        var of = p.next(person);
        var text = dev.imago.annotation.LabelAnswer.ofText("text " + of.number());
        p.store.save(
            person, new LabelStore.Sent(person + i, of.number(), 0, of.textHash(), text, "", ""));
      }
    }
    ProjectAgreement agreement = ProjectAgreement.of(p.project);
    assertEquals(1, agreement.main().orNaN());
    assertTrue(!agreement.tabular());
    assertEquals(2, new LabelSnapshot(p.project).labels().size());
  }

  @Test
  void scripted_annotators_at_once_lose_nothing_and_pass_no_overlap() throws Exception {
    ScriptedProject p = of(CHOICE + "overlap: 2\n", PLAIN).items(60);
    // More than the state has connections.
    List<String> people = IntStream.range(0, 24).mapToObj(i -> "person " + i).toList();
    p.people(people.toArray(String[]::new));
    List<Future<Integer>> running = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String person : people) {
        running.add(
            threads.submit(
                () -> {
                  int saved = 0;
                  for (var of = p.queue.next(person); of.isPresent(); of = p.queue.next(person)) {
                    String label = of.get().number() % 2 == 0 ? "good" : "bad";
                    saved += p.save(person, of.get(), label) instanceof Outcome.Stored ? 1 : 0;
                  }
                  return saved;
                }));
      }
    }
    int saved = 0;
    for (Future<Integer> each : running) {
      saved += each.get();
    }
    assertEquals(120, saved);
    assertEquals(60, ProjectStatus.of(p.project).done());
    assertEquals(0, p.wrong());
    Agreement alpha = ProjectAgreement.of(p.project).main();
    assertEquals(1, alpha.orNaN());
  }

  @Test
  void a_snapshot_of_one_state_is_the_same_bytes_and_holds_no_name() throws IOException {
    ScriptedProject p = of(CHOICE + "overlap: 2\n", PLAIN).items(4);
    for (String person : List.of("ann", "bob")) {
      for (int i = 0; i < 4; i++) {
        p.save(person, p.next(person), i % 2 == 0 ? "good" : "bad");
      }
    }
    Path first = Files.createDirectories(folder.resolve(p.project.name() + "-1"));
    Path second = Files.createDirectories(folder.resolve(p.project.name() + "-2"));
    new LabelSnapshot(p.project).write(first);
    new LabelSnapshot(p.project).write(second);
    for (String file : List.of("answers.jsonl", "labels.jsonl", "snapshot.json")) {
      String text = Files.readString(first.resolve(file));
      assertEquals(text, Files.readString(second.resolve(file)));
      assertTrue(!text.contains("ann\"") && !text.contains("bob\""), text);
    }
    assertTrue(Files.readString(first.resolve("snapshot.json")).contains("\"agreement\" : 1.0"));
    assertTrue(Files.readString(first.resolve("answers.jsonl")).contains("\"by\":\"a2\""));
    p.save("ann", p.queue.own("ann", 0).orElseThrow(), "bad");
    Path third = Files.createDirectories(folder.resolve(p.project.name() + "-3"));
    new LabelSnapshot(p.project).write(third);
    assertNotEquals(
        Files.readString(first.resolve("answers.jsonl")),
        Files.readString(third.resolve("answers.jsonl")));
  }
}
