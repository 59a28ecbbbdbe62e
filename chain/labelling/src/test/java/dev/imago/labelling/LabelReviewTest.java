package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Role;
import dev.imago.annotation.LabelAnswer;
import dev.imago.core.ConfigException;
import dev.imago.labelling.LabelProject.Member;
import dev.imago.labelling.LabelProject.Settings;
import dev.imago.labelling.LabelReview.Act;
import dev.imago.labelling.LabelReview.Case;
import dev.imago.labelling.LabelReview.Wanted;
import dev.imago.labelling.LabelStore.Outcome;
import dev.imago.state.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelReviewTest {
  private static final String CHOICE = "task: choice\nlabels: [good, bad]\noverlap: 2\n";
  private static final Settings PLAIN = new Settings(Duration.ofMinutes(30), 0, 0, 0);

  @TempDir static Path folder;
  private static State state;
  private int acts;

  @BeforeAll
  static void open() {
    state = ScriptedProject.open(folder.resolve("state"));
  }

  @AfterAll
  static void close() {
    state.close();
  }

  /// Three items: on the first people agree, on the second they differ, the third only ann
  /// answered.
  private static ScriptedProject answered() {
    ScriptedProject p =
        new ScriptedProject(state, folder, CHOICE, PLAIN).people("ann", "bob").items(3);
    p.project.member(new Member("rita", Role.REVIEWER));
    p.project.member(new Member("ron", Role.REVIEWER));
    for (String label : List.of("good", "good", "bad")) {
      p.save("ann", p.next("ann"), label);
    }
    for (String label : List.of("good", "bad")) {
      p.save("bob", p.next("bob"), label);
    }
    return p;
  }

  private Outcome act(ScriptedProject p, Case of, Act act, String note) {
    return new LabelReview(p.project)
        .take("rita", new LabelReview.Sent("act " + ++acts, of.number(), of.seen(), act, note));
  }

  private static LabelAnswer label(ScriptedProject p, int item) {
    return new LabelSnapshot(p.project).labels().get(item).given().getFirst().answer();
  }

  @Test
  void what_differs_comes_first_and_two_reviewers_do_not_get_one_item() {
    ScriptedProject p = answered();
    var review = new LabelReview(p.project);
    Case first = review.next("rita", Wanted.ALL, -1).orElseThrow();
    assertEquals(1, first.number());
    assertEquals(
        List.of("ann", "bob"), first.said().stream().map(LabelReview.Said::person).toList());
    assertEquals(0, review.next("ron", Wanted.ALL, -1).orElseThrow().number());
    assertTrue(review.next("ron", Wanted.DIFFERING, -1).isEmpty());
    assertEquals(0, p.wrong());
  }

  @Test
  void what_is_passed_over_comes_again_after_all_others() {
    ScriptedProject p = answered();
    p.save("bob", p.next("bob"), "good");
    var review = new LabelReview(p.project);
    var order = new ArrayList<Long>();
    long after = -1;
    for (int i = 0; i < 5; i++) {
      after = review.next("rita", Wanted.ALL, after).orElseThrow().number();
      order.add(after);
    }
    assertEquals(List.of(1L, 2L, 0L, 1L, 2L), order);
    assertEquals(1, review.next("rita", Wanted.DIFFERING, 2).orElseThrow().number());
  }

  @Test
  void nobody_is_shown_what_is_not_answered_by_as_many_as_are_wanted() {
    ScriptedProject p = answered();
    var review = new LabelReview(p.project);
    assertTrue(review.of("rita", 2).isEmpty());
    assertThrows(LabelQueue.RemovedException.class, () -> review.of("eve", 0));
    p.save("bob", p.next("bob"), "bad");
    assertEquals(2, review.of("rita", 2).orElseThrow().said().size());
  }

  @Test
  void what_a_reviewer_decides_is_the_label_and_changes_no_more() {
    ScriptedProject p = answered();
    var review = new LabelReview(p.project);
    Case of = review.next("rita", Wanted.ALL, -1).orElseThrow();
    assertEquals(new Outcome.Stored(1), act(p, of, new Act.Accept("bob"), ""));
    assertEquals(List.of("bad"), label(p, 1).labels());
    var late =
        assertInstanceOf(
            Outcome.Refused.class, p.save("ann", p.queue.own("ann", 1).orElseThrow(), "bad"));
    assertTrue(late.why().contains("decided"), late::why);
    // What another reviewer saw is no more.
    assertInstanceOf(Outcome.Refused.class, act(p, of, new Act.Accept("ann"), ""));
    Case again = review.of("rita", 1).orElseThrow();
    Act own = new Act.Decide(LabelAnswer.ofLabels(List.of("good")));
    assertEquals(new Outcome.Stored(1), act(p, again, own, ""));
    assertEquals(List.of("good"), label(p, 1).labels());
    ProjectStatus status = ProjectStatus.of(p.project);
    assertEquals(1, status.reviewed());
    assertEquals(0, status.differing());
    assertEquals(1, status.people().getFirst().upheld());
    assertEquals(0, status.people().get(1).upheld());
    assertEquals(0, p.wrong());
  }

  @Test
  void what_is_sent_back_comes_to_the_same_person_with_the_reason() {
    ScriptedProject p = answered();
    var review = new LabelReview(p.project);
    Case of = review.next("rita", Wanted.ALL, -1).orElseThrow();
    assertInstanceOf(Outcome.Refused.class, act(p, of, new Act.SendBack(List.of("bob")), ""));
    act(p, of, new Act.SendBack(List.of("bob", "bob")), "look at the end");
    assertTrue(review.of("rita", 1).isEmpty());
    assertEquals(1, ProjectStatus.of(p.project).people().get(1).sentBack());
    assertEquals(0, p.wrong());
    LabelQueue.Assignment back = p.next("bob");
    assertEquals(1, back.number());
    assertEquals("look at the end", back.sentBack());
    assertEquals(LabelAnswer.ofLabels(List.of("bad")), back.own());
    assertInstanceOf(Outcome.Stored.class, p.save("bob", back, "good"));
    assertEquals(0, ProjectStatus.of(p.project).differing());
    assertEquals(2, p.next("bob").number());
    assertEquals(0, p.wrong());
    act(p, review.of("rita", 1).orElseThrow(), new Act.SendBack(List.of("ann", "bob")), "again");
    p.project.remove("bob");
    assertEquals(0, p.wrong());
    assertEquals(1, p.next("ann").number());
  }

  @Test
  void an_act_sent_twice_is_done_once() {
    ScriptedProject p = answered();
    var review = new LabelReview(p.project);
    Case of = review.of("rita", 0).orElseThrow();
    var sent = new LabelReview.Sent("once", 0, of.seen(), new Act.Accept("ann"), "");
    assertEquals(new Outcome.Stored(0), review.take("rita", sent));
    long history = p.history();
    assertEquals(new Outcome.Stored(0), review.take("rita", sent));
    assertEquals(history, p.history());
  }

  @Test
  void decisions_are_carried_over_to_a_renamed_label_and_asked_for_where_one_goes() {
    ScriptedProject p = answered();
    Case of = new LabelReview(p.project).of("rita", 1).orElseThrow();
    act(p, of, new Act.Accept("bob"), "");
    p.project.change("task: choice\nlabels: [good, {name: poor, was: bad}]\noverlap: 2\n", false);
    assertEquals(List.of("poor"), label(p, 1).labels());
    String without = "task: choice\nlabels: [good]\noverlap: 2\n";
    assertThrows(ConfigException.class, () -> p.project.change(without, false));
    p.project.change(without, true);
    assertEquals(0, ProjectStatus.of(p.project).reviewed());
    assertEquals(0, p.wrong());
  }

  @Test
  void a_decision_stays_the_label_where_all_answers_went_with_their_labels() {
    ScriptedProject p =
        new ScriptedProject(
                state, folder, "task: choice\nlabels: [good, bad, junk]\noverlap: 2\n", PLAIN)
            .people("ann", "bob")
            .items(2);
    p.project.member(new Member("rita", Role.REVIEWER));
    for (String person : List.of("ann", "bob")) {
      p.save(person, p.next(person), "junk");
    }
    Case of = new LabelReview(p.project).of("rita", 0).orElseThrow();
    act(p, of, new Act.Decide(LabelAnswer.ofLabels(List.of("bad"))), "");
    p.project.change("task: choice\nlabels: [good, bad]\noverlap: 2\n", true);
    assertEquals(1, ProjectStatus.of(p.project).reviewed());
    assertEquals(List.of("bad"), label(p, 0).labels());
    var snapshot = new LabelSnapshot(p.project);
    snapshot.write(folder.resolve("snapshot"));
    assertEquals(List.of(), snapshot.answers(List.of("a1", "a2", "a3")).getFirst().given());
    assertEquals(0, p.wrong());
  }

  @Test
  void labels_of_several_are_compared_whatever_order_a_version_lists_them_in() {
    ScriptedProject p =
        new ScriptedProject(state, folder, "task: several\nlabels: [a, b]\noverlap: 2\n", PLAIN)
            .people("ann", "bob")
            .items(1);
    var both = LabelAnswer.ofLabels(List.of("b", "a"));
    for (String person : List.of("ann", "bob")) {
      LabelQueue.Assignment of = p.next(person);
      p.store.save(
          person, new LabelStore.Sent(person, of.number(), 0, of.textHash(), both, "", ""));
      p.project.change("task: several\nlabels: [b, a]\noverlap: 2\n", false);
    }
    assertEquals(1, ProjectStatus.of(p.project).done());
    assertEquals(0, ProjectStatus.of(p.project).differing());
    p.project.change("task: several\nlabels: [b, {name: z, was: a}]\noverlap: 2\n", false);
    assertEquals(List.of("b", "z"), label(p, 0).labels());
  }

  @Test
  void a_clock_that_jumps_back_keeps_no_lease_for_ever_and_makes_no_answer_older() {
    ScriptedProject p =
        new ScriptedProject(state, folder, "task: choice\nlabels: [good, bad]\n", PLAIN)
            .people("ann", "bob")
            .items(4);
    p.save("ann", p.next("ann"), "good");
    LabelQueue.Assignment held = p.next("ann");
    p.clock.advance(Duration.ofHours(-3));
    assertEquals(held.number(), p.next("bob").number());
    p.save("bob", p.next("bob"), "good");
    p.save("ann", p.next("ann"), "bad");
    // The one that was given last, by whatever clock.
    assertEquals(2, new AnswerUndo(p.project).last("ann", "u").orElseThrow());
    assertEquals(0, p.wrong());
  }

  @Test
  void a_text_that_changed_and_texts_that_no_database_takes_are_told() {
    ScriptedProject p =
        new ScriptedProject(state, folder, "task: choice\nlabels: [good]\n", PLAIN).people("ann");
    p.take(
        "{\"id\":\"a\",\"text\":\"one\"}\n{\"id\":\"b\",\"text\":\"\\u0000\\u202e<b>\"}\n", false);
    LabelIntake.Taken again =
        p.take(
            "{\"id\":\"a\",\"text\":\"two\"}\n{\"id\":\"b\",\"text\":\"\\u0000\\u202e<b>\"}\n"
                + "{\"id\":\"c\\u0000\",\"text\":\"x\"}\n",
            false);
    assertEquals(1, again.known());
    assertEquals(2, again.broken());
    assertTrue(p.notes.getFirst().contains("U+0000"), p.notes::toString);
    assertTrue(p.notes.get(1).contains("another text"), p.notes::toString);
    LabelQueue.Assignment of = p.next("ann");
    assertEquals("one", of.item().text());
    var note =
        new LabelStore.Sent(
            "c", 0, 0, of.textHash(), LabelAnswer.ofLabels(List.of("good")), "", "a\0b");
    assertInstanceOf(Outcome.Refused.class, p.store.save("ann", note));
    var skip = new LabelStore.Sent("s", 0, 0, of.textHash(), LabelAnswer.NONE, "a\0b", "");
    assertInstanceOf(Outcome.Refused.class, p.store.save("ann", skip));
    p.save("ann", of, "good");
    p.save("ann", p.next("ann"), "good");
    assertThrows(ConfigException.class, () -> p.project.person("a\nb"));
    assertEquals(2, ProjectStatus.of(p.project).done());
    String by =
        "{\"id\":\"%s\",\"text\":\"x\",\"answers\":[{\"by\":\"%s\",\"labels\":[\"good\"]}]}\n";
    LabelIntake.Taken named =
        p.take(
            by.formatted("d", "a\\nb") + by.formatted("e", " ") + by.formatted("f", "bob"), false);
    assertEquals(1, named.taken());
    assertEquals(2, named.broken());
  }

  @Test
  void spans_that_say_the_same_in_another_order_do_not_differ() {
    ScriptedProject p =
        new ScriptedProject(state, folder, "task: spans\nlabels: [A, B]\noverlap: 2\n", PLAIN);
    p.take(
        """
        {"id":"x","text":"Ann met Bob","answers":[
         {"by":"a","spans":[{"from":0,"to":3,"label":"A"},{"from":8,"to":11,"label":"B"}]},
         {"by":"b","spans":[{"from":8,"to":11,"label":"B"},{"from":0,"to":3,"label":"A"}]}]}
        """
            .replace("\n ", " ")
            .replace("[\n", "["),
        false);
    assertEquals(List.of(), p.notes);
    assertEquals(1, ProjectStatus.of(p.project).done());
    assertEquals(0, ProjectStatus.of(p.project).differing());
  }
}
