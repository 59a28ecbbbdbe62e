// Past 400 lines: a case and its acts: each act checks and writes what the others do.
package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnswerCheck;
import dev.imago.annotation.LabelAnswer;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reviewers see what all answered of an item, side by side, once as many have answered as are
/// wanted: they accept one answer, decide on another, or send an answer back to who gave it. What a
/// reviewer has decided is the item's label, and its answers change no more.
public final class LabelReview {
  /// What [#next] looks for.
  public enum Wanted {
    /// Items on which people differ.
    DIFFERING,
    /// Those first, then the others.
    ALL
  }

  /// One person's answer.
  ///
  /// @param note for the reviewer; empty where there is none
  public record Said(String person, long revision, LabelAnswer answer, String note) {}

  /// An item with what all answered.
  ///
  /// @param number of the item
  /// @param said by people in the order of their names
  /// @param decided already; null where nobody has
  /// @param seen brought back by whoever decides: what is decided is what was seen
  public record Case(
      long number,
      AnnotatedItem item,
      List<Said> said,
      @Nullable LabelAnswer decided,
      String seen) {
    public Case {
      said = List.copyOf(said);
    }
  }

  /// What a reviewer does.
  public sealed interface Act {
    /// One person's answer stands.
    record Accept(String person) implements Act {}

    /// An answer of the reviewer's own.
    record Decide(LabelAnswer answer) implements Act {}

    /// Some people's answers are to be given anew.
    record SendBack(List<String> people) implements Act {
      public SendBack {
        people = people.stream().distinct().toList();
      }
    }
  }

  /// An act as it is sent.
  ///
  /// @param client an id made by who sends, the same when it is sent again
  /// @param seen of the case
  /// @param note for the record; what is sent back says why
  public record Sent(String client, long item, String seen, Act act, String note) {}

  private static final int CANDIDATES = 16;
  static final int DECIDED = 3;

  private final LabelProject project;
  private final LabelQueue queue;
  private final LabelStore store;

  public LabelReview(LabelProject project) {
    this.project = project;
    this.queue = new LabelQueue(project);
    this.store = new LabelStore(project);
  }

  /// @return the reviewer
  /// @throws LabelQueue.RemovedException where he is none of the project's people, or no longer
  String known(String reviewer) {
    return project
        .state()
        .transaction(
            tx -> {
              queue.known(tx, reviewer);
              return reviewer;
            });
  }

  /// The next item to be reviewed, which no other reviewer is given for the length of a lease;
  /// empty where there is none.
  ///
  /// @param after an item that is to be passed over; -1 for none
  public Optional<Case> next(String reviewer, Wanted wanted, long after) {
    project.turn().lock();
    try {
      return project.state().transaction(tx -> next(tx, reviewer, wanted, after));
    } finally {
      project.turn().unlock();
    }
  }

  private Optional<Case> next(Transaction tx, String reviewer, Wanted wanted, long after)
      throws SQLException {
    queue.known(tx, reviewer);
    String name = project.name();
    long now = project.clock().millis();
    var _ =
        tx.update(
            "delete from labelling.review_lease where project = ? and (until_ms <= ? or until_ms >"
                + " ? or reviewer = ?)",
            name,
            now,
            now + 2 * project.settings().lease().toMillis(), // a clock that jumped back
            reviewer);
    for (Look look : looks(tx, wanted, after)) {
      for (long item :
          tx.list(
              "select number from labelling.item i where project = ? and review = ? and number > ?"
                  + " and number <> ? and not exists (select 1 from labelling.review_lease l where"
                  + " l.project = i.project and l.item = i.number) order by project, review, number"
                  + " limit "
                  + CANDIDATES,
              row -> row.number("number"),
              name,
              look.review,
              look.from,
              look.but)) {
        boolean leased =
            tx.update(
                    "insert into labelling.review_lease (project, item, reviewer, until_ms)"
                        + " values (?, ?, ?, ?) on conflict do nothing",
                    name,
                    item,
                    reviewer,
                    now + project.settings().lease().toMillis())
                == 1;
        if (leased) {
          return of(tx, item);
        }
      }
    }
    return Optional.empty();
  }

  /// Where the next item is looked for.
  ///
  /// @param review 2 where people differ, 1 where they agree
  /// @param from the number after which
  /// @param but an item that is left out; -1 for none
  private record Look(int review, long from, long but) {}

  /// What was passed over comes again when all others have been seen, those too on which people
  /// agree.
  private List<Look> looks(Transaction tx, Wanted wanted, long after) throws SQLException {
    long passed =
        tx.number(
            "select review from labelling.item where project = ? and number = ?",
            project.name(),
            after);
    List<Look> looks =
        passed == 2
            ? List.of(
                new Look(2, after, -1),
                new Look(1, -1, -1),
                new Look(2, -1, after),
                new Look(2, -1, -1))
            : passed == 1
                ? List.of(
                    new Look(1, after, -1),
                    new Look(2, -1, -1),
                    new Look(1, -1, after),
                    new Look(1, -1, -1))
                : List.of(
                    new Look(2, after, -1),
                    new Look(2, -1, -1),
                    new Look(1, after, -1),
                    new Look(1, -1, -1));
    return looks.stream().filter(look -> wanted == Wanted.ALL || look.review == 2).toList();
  }

  /// An item by its number, decided or not; empty where it is none that can be reviewed: a gold
  /// one, or one that is not answered by as many as are wanted. Nobody's label is seen before.
  public Optional<Case> of(String reviewer, long item) {
    return project
        .state()
        .transaction(
            tx -> {
              queue.known(tx, reviewer);
              return of(tx, item);
            });
  }

  private Optional<Case> of(Transaction tx, long number) throws SQLException {
    Optional<AnnotatedItem> item =
        tx.first(
            "select id, fields from labelling.item where project = ? and number = ? and review > 0",
            LabelProject::item,
            project.name(),
            number);
    if (item.isEmpty()) {
      return Optional.empty();
    }
    String text = item.get().text();
    List<Said> said = said(tx, number, text);
    LabelAnswer decided =
        tx.first(
                "select answer from labelling.decision where project = ? and item = ?",
                row -> LabelProject.answer(row.text("answer"), text),
                project.name(),
                number)
            .orElse(null);
    return Optional.of(new Case(number, item.get(), said, decided, seen(said, decided)));
  }

  private List<Said> said(Transaction tx, long number, String text) throws SQLException {
    return tx.list(
        "select person, revision, answer, note from labelling.answer where project = ? and item = ?"
            + " and skipped = false order by person",
        row ->
            new Said(
                row.text("person"),
                row.number("revision"),
                LabelProject.answer(row.text("answer"), text),
                row.text("note")),
        project.name(),
        number);
  }

  private static String seen(List<Said> said, @Nullable LabelAnswer decided) {
    var all = new StringBuilder();
    said.forEach(each -> all.append(each.person).append('\n').append(each.revision).append('\n'));
    return LabelIntake.hash(all.append(decided).toString());
  }

  /// Does what a reviewer says, and returns when it is on disk.
  ///
  /// @throws LabelQueue.RemovedException where the reviewer is none of the project's people
  public LabelStore.Outcome take(String reviewer, Sent sent) {
    Optional<String> fault = LabelStore.fault(sent.client, sent.note);
    if (fault.isPresent()) {
      return new LabelStore.Outcome.Refused(fault.get());
    }
    LabelStore.Outcome outcome = project.state().durably(tx -> take(tx, reviewer, sent));
    if (outcome instanceof LabelStore.Outcome.Stored && !(sent.act instanceof Act.SendBack)) {
      project.acted();
    }
    return outcome;
  }

  private LabelStore.Outcome take(Transaction tx, String reviewer, Sent sent) throws SQLException {
    queue.known(tx, reviewer);
    Optional<LabelStore.Outcome> before = store.before(tx, reviewer, sent.client);
    if (before.isPresent()) {
      return before.get();
    }
    queue.lock(tx, sent.item);
    Optional<Case> found = of(tx, sent.item);
    String why =
        found.isEmpty()
            ? "the item %d is not to be reviewed (now)".formatted(sent.item)
            : !found.get().seen.equals(sent.seen)
                ? "an answer of this item has changed, or another reviewer was quicker; look again"
                : fault(tx, found.get(), sent).orElse(null);
    LabelStore.Outcome outcome =
        why == null
            ? new LabelStore.Outcome.Stored(sent.item)
            : new LabelStore.Outcome.Refused(why);
    String answer = why == null && found.isPresent() ? act(tx, reviewer, found.get(), sent) : "{}";
    String what =
        switch (sent.act) {
          case Act.Accept _ -> "accept";
          case Act.Decide _ -> "decide";
          case Act.SendBack _ -> "send-back";
        };
    store.remember(
        tx,
        sent.client,
        sent.item,
        reviewer,
        new LabelStore.Act(
            why == null ? what : "refused",
            0,
            project.version(tx),
            answer,
            sent.note,
            LabelStore.json(outcome)));
    return outcome;
  }

  private Optional<String> fault(Transaction tx, Case of, Sent sent) throws SQLException {
    return switch (sent.act) {
      case Act.Accept(String person) ->
          by(of, person).isPresent()
              ? Optional.empty()
              : Optional.of("«%s» has no answer here".formatted(person));
      case Act.Decide(LabelAnswer answer) -> AnswerCheck.fault(project.task(tx), of.item, answer);
      case Act.SendBack(List<String> people) -> {
        if (people.isEmpty() || sent.note.isBlank()) {
          yield Optional.of("say whose answer goes back, and why");
        }
        for (String person : people) {
          if (by(of, person).isEmpty()) {
            yield Optional.of("«%s» has no answer here".formatted(person));
          }
          if (tx.number(
                  "select count(*) from labelling.person where project = ? and name = ? and removed"
                      + " = false",
                  project.name(),
                  person)
              == 0) {
            yield Optional.of(
                "«%s» labels no longer; decide on an answer instead".formatted(person));
          }
        }
        yield Optional.empty();
      }
    };
  }

  private static Optional<Said> by(Case of, String person) {
    return of.said.stream().filter(each -> each.person.equals(person)).findFirst();
  }

  /// @return the answer that stands, as JSON
  private String act(Transaction tx, String reviewer, Case of, Sent sent) throws SQLException {
    var _ =
        tx.update(
            "delete from labelling.review_lease where project = ? and item = ?",
            project.name(),
            of.number);
    return switch (sent.act) {
      case Act.Accept(String person) ->
          decide(tx, reviewer, of, person, by(of, person).orElseThrow().answer, sent.note);
      case Act.Decide(LabelAnswer answer) -> decide(tx, reviewer, of, null, answer, sent.note);
      case Act.SendBack(List<String> people) -> {
        for (String person : new ArrayList<>(people)) {
          sendBack(tx, reviewer, of.number, person, sent.note);
        }
        var _ =
            tx.update(
                "delete from labelling.decision where project = ? and item = ?",
                project.name(),
                of.number);
        tx.update(
            "update labelling.item set review = 0 where project = ? and number = ?",
            project.name(),
            of.number);
        yield "{}";
      }
    };
  }

  private String decide(
      Transaction tx,
      String reviewer,
      Case of,
      @Nullable String accepted,
      LabelAnswer answer,
      String note)
      throws SQLException {
    String json = LabelProject.json(project.task(tx).ordered(answer), of.item.text());
    String name = project.name();
    var _ =
        tx.update("delete from labelling.decision where project = ? and item = ?", name, of.number);
    tx.update(
        "insert into labelling.decision (project, item, reviewer, accepted, answer, note, version,"
            + " at) values (?, ?, ?, ?, ?, ?, ?, ?)",
        name,
        of.number,
        reviewer,
        accepted,
        json,
        note,
        project.version(tx),
        project.clock().millis());
    tx.update(
        "update labelling.item set review = ? where project = ? and number = ?",
        DECIDED,
        name,
        of.number);
    return json;
  }

  /// The place stays the person's: the item comes to nobody else.
  private void sendBack(Transaction tx, String reviewer, long item, String person, String why)
      throws SQLException {
    String name = project.name();
    long now = project.clock().millis();
    tx.update(
        "update labelling.answer set skipped = true, revision = revision + 1, at = ? where project"
            + " = ? and item = ? and person = ? and skipped = false",
        now,
        name,
        item,
        person);
    tx.update(
        "update labelling.item set done = done - 1 where project = ? and number = ?", name, item);
    tx.update(
        "insert into labelling.sent_back (project, person, item, reviewer, why, at) values (?, ?,"
            + " ?, ?, ?, ?)",
        name,
        person,
        item,
        reviewer,
        why,
        now);
  }
}
