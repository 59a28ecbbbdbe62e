package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.labelling.LabelProject.Settings;
import dev.imago.state.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActiveRoundsTest {
  private static final String CHOICE = "task: choice\nlabels: [good, bad]\n";

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

  private static ScriptedProject project(String task, int plainPercent) {
    return new ScriptedProject(
            state, folder, task, new Settings(Duration.ofMinutes(30), 0, 0, plainPercent))
        .people("ann", "bob");
  }

  /// Sixty that are clear, and then twenty of which each word is in both.
  private static void items(ScriptedProject p) {
    var lines = new StringBuilder();
    for (int i = 0; i < 80; i++) {
      String text = i >= 60 ? "kind and rude" : i % 2 == 0 ? "kind staff" : "rude staff";
      lines.append("{\"id\":\"%d\",\"text\":\"%s, number %d\"}\n".formatted(i, text, i));
    }
    p.take(lines.toString(), false);
  }

  private static String label(LabelQueue.Assignment of) {
    return of.item().text().startsWith("rude") ? "bad" : "good";
  }

  private static long chosen(ScriptedProject p, String how) {
    return state.transaction(
        tx ->
            tx.number(
                "select count(*) from labelling.answer where project = ? and chosen = ?",
                p.project.name(),
                how));
  }

  @Test
  void what_the_model_is_least_sure_of_comes_next_and_a_share_is_drawn_at_random() {
    ScriptedProject p = project(CHOICE, 0);
    items(p);
    p.project.choose(new Choosing("margin", 20, 10));
    try (var rounds = new ActiveRounds(p.project, TextLearner.linear(), true, p.notes::add)) {
      assertTrue(rounds.round().isEmpty());
      for (int i = 0; i < 20; i++) {
        LabelQueue.Assignment of = p.next("ann");
        p.save("ann", of, label(of));
      }
      ActiveRounds.Round first = rounds.round().orElseThrow();
      assertEquals(20, first.labels() + first.tested());
      assertEquals(chosen(p, "random"), first.tested());
      assertTrue(first.tested() > 0);
      long unsure = 0;
      for (int i = 0; i < 10; i++) {
        LabelQueue.Assignment of = p.next("ann");
        unsure += of.item().text().startsWith("kind and") ? 1 : 0;
        p.save("ann", of, label(of));
      }
      long margin = chosen(p, "margin");
      assertTrue(margin >= 5 && unsure >= margin, margin + " " + unsure);
      var _ = rounds.round();
    }
    ProjectStatus status = ProjectStatus.of(p.project);
    assertEquals(2, status.learned().size());
    assertEquals(chosen(p, "margin"), status.learned().get(1).chosenTested());
    assertTrue(status.pull().shown() > 0); // what the model proposed was shown
    assertEquals(List.of(), p.notes);
    assertEquals(0, p.wrong());
  }

  @Test
  void a_round_that_fails_is_told_and_the_next_one_comes_by_itself() throws Exception {
    ScriptedProject p = project(CHOICE, 0);
    items(p);
    p.project.choose(new Choosing("margin", 10, 10));
    var told = new LinkedBlockingQueue<String>();
    var learned = new CountDownLatch(1);
    var failed = new AtomicBoolean();
    TextLearner learner =
        (examples, seed) -> {
          if (!failed.getAndSet(true)) {
            throw new IndexOutOfBoundsException("no such label");
          }
          TextLearner.Learned of = TextLearner.linear().learn(examples, seed);
          learned.countDown();
          return of;
        };
    try (var _ = new ActiveRounds(p.project, learner, false, told::add).start()) {
      for (int i = 0; i < 30; i++) {
        LabelQueue.Assignment of = p.next("ann");
        p.save("ann", of, label(of));
      }
      String why = told.poll(30, TimeUnit.SECONDS);
      assertTrue(why != null && why.contains("no such label"), why);
      for (int i = 0; i < 25; i++) {
        LabelQueue.Assignment of = p.next("ann");
        p.save("ann", of, label(of));
      }
      assertTrue(learned.await(30, TimeUnit.SECONDS));
    }
    assertFalse(ProjectStatus.of(p.project).learned().isEmpty());
  }

  @Test
  void what_the_model_proposes_is_not_shown_where_chance_draws_and_goes_with_its_choice() {
    ScriptedProject p = project(CHOICE, 0);
    items(p);
    for (int i = 0; i < 20; i++) {
      LabelQueue.Assignment of = p.next("ann");
      p.save("ann", of, label(of));
    }
    p.project.choose(new Choosing("margin", 90, 10));
    try (var rounds = new ActiveRounds(p.project, TextLearner.linear(), true, p.notes::add)) {
      assertTrue(rounds.round().orElseThrow().chosen() >= 40);
      for (int i = 0; i < 20; i++) {
        LabelQueue.Assignment of = p.next("ann");
        p.save("ann", of, label(of));
      }
    }
    long shown = ProjectStatus.of(p.project).pull().shown();
    long margin = chosen(p, "margin");
    assertTrue(shown <= margin && margin < 20, shown + " " + margin);
    p.project.choose(new Choosing("order", 10, 10));
    long left =
        state.transaction(
            tx ->
                tx.number(
                    "select count(*) from labelling.item where project = ? and suggestion is not"
                        + " null",
                    p.project.name()));
    assertEquals(0, left);
  }

  @Test
  void who_comes_second_to_an_item_drawn_at_random_sees_no_word_of_the_model_either() {
    ScriptedProject p = project(CHOICE + "overlap: 2\n", 0);
    items(p);
    p.project.choose(new Choosing("margin", 50, 10));
    try (var rounds = new ActiveRounds(p.project, TextLearner.linear(), true, p.notes::add)) {
      var _ = rounds.round();
      for (int i = 0; i < 20; i++) {
        LabelQueue.Assignment of = p.next("ann");
        p.save("ann", of, label(of));
        of = p.next("bob");
        p.save("bob", of, label(of));
      }
      assertTrue(rounds.round().isPresent());
      for (int i = 0; i < 20; i++) {
        LabelQueue.Assignment of = p.next("ann");
        p.save("ann", of, label(of));
      }
    }
    String drawn =
        " from labelling.answer a join labelling.item i on i.project = a.project and i.number ="
            + " a.item where a.project = ? and a.chosen = 'random' and i.suggested_by is not null"
            + " and a.person = 'ann' and not exists (select 1 from labelling.answer b where"
            + " b.project = a.project and b.item = a.item and b.person = 'bob')";
    List<Long> items =
        state.transaction(
            tx -> tx.list("select i.number" + drawn, r -> r.number("number"), p.project.name()));
    assertFalse(items.isEmpty());
    int met = 0;
    for (int i = 0; i < 20; i++) {
      LabelQueue.Assignment of = p.next("bob");
      if (items.contains(of.number())) {
        assertNull(of.suggestion());
        met++;
      }
      p.save("bob", of, label(of));
    }
    assertEquals(items.size(), met);
  }

  @Test
  void an_item_that_two_want_is_finished_before_another_is_begun() {
    ScriptedProject p = project(CHOICE + "overlap: 2\n", 0);
    items(p);
    p.project.choose(new Choosing("random", 10, 10));
    for (int i = 0; i < 10; i++) {
      LabelQueue.Assignment of = p.next("ann");
      p.save("ann", of, label(of));
    }
    for (int i = 0; i < 10; i++) {
      LabelQueue.Assignment of = p.next("bob");
      p.save("bob", of, label(of));
    }
    assertEquals(10, ProjectStatus.of(p.project).done());
    assertEquals(10, chosen(p, "random"));
    assertEquals(10, chosen(p, "returned"));
    assertEquals(0, p.wrong());
  }

  @Test
  void the_pull_of_suggestions_is_measured_on_those_that_are_kept_back() {
    ScriptedProject p = project(CHOICE, 50);
    var lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      lines.append(
          "{\"id\":\"%d\",\"text\":\"t\",\"answers\":[{\"model\":\"m\",\"labels\":[\"bad\"]}]}\n"
              .formatted(i));
    }
    p.take(lines.toString(), false);
    for (int i = 0; i < 40; i++) {
      LabelQueue.Assignment of = p.next("ann");
      p.save("ann", of, of.suggestion() == null ? "good" : "bad");
    }
    ProjectStatus.Pull pull = ProjectStatus.of(p.project).pull();
    assertEquals(40, pull.shown() + pull.plain());
    assertEquals(pull.shown(), pull.shownSame());
    assertEquals(0, pull.plainSame());
    assertTrue(pull.plain() > 5);
    assertEquals(1, pull.difference(0.95).orElseThrow().value(), 1e-9);
    assertTrue(pull.difference(0.95).orElseThrow().low() > 0.5);
  }

  @Test
  void what_no_model_learns_is_refused() {
    ScriptedProject text = project("task: text\n", 0);
    assertThrows(ConfigException.class, () -> text.project.choose(new Choosing("margin", 10, 10)));
    text.project.choose(new Choosing("random", 10, 10));
    for (String next : List.of("margn", "margin:0.5", "margin,badge", "margin:0.9,badge:0.9")) {
      assertThrows(ConfigException.class, () -> new Choosing(next, 10, 10), next);
    }
    assertThrows(ConfigException.class, () -> new Choosing("margin", 0, 10));
    assertFalse(new Choosing("random", 10, 10).learns());
    assertTrue(new Choosing("margin:0.6,badge:0.4", 10, 10).learns());
  }
}
