package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnswerCheck;
import dev.imago.annotation.LabelAnswer;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Where answers are kept. What is acknowledged is on disk; what is sent twice is stored once; what
/// saw an older revision than there is changes nothing and is told both; and every act is in a
/// history that only grows, refused ones too.
public final class LabelStore {
  /// What somebody sends.
  ///
  /// @param client an id made by who sends, the same when it is sent again
  /// @param item its number
  /// @param revision of one's own answer that was seen; 0 for none
  /// @param textHash of the text that was seen
  /// @param answer ignored where it is skipped
  /// @param skipReason why the item is skipped; empty where it is answered
  /// @param note for the reviewer; empty where there is none
  public record Sent(
      String client,
      long item,
      long revision,
      String textHash,
      LabelAnswer answer,
      String skipReason,
      String note) {}

  /// What became of it.
  public sealed interface Outcome {
    /// @param revision of the answer now
    record Stored(long revision) implements Outcome {}

    /// Another save came between, of another tab or machine.
    ///
    /// @param revision that is there
    /// @param there the answer that is there, as JSON
    record Conflict(long revision, String there) implements Outcome {}

    /// Kept in the history alone.
    ///
    /// @param why in plain words
    record Refused(String why) implements Outcome {}
  }

  record Act(String act, long revision, long version, String answer, String note, String outcome) {}

  private static final int MOST_CLIENT = 80;
  private static final int MOST_NOTE = 4_000;

  private final LabelProject project;
  private final LabelQueue queue;

  public LabelStore(LabelProject project) {
    this.project = project;
    this.queue = new LabelQueue(project);
  }

  /// What is wrong with the id of an act; empty where nothing is.
  static Optional<String> fault(String client) {
    return client.isBlank()
            || !LabelProject.isStorable(client)
            || client.length() > MOST_CLIENT
            || client.startsWith(TaskMigration.OURS)
        ? Optional.of(
            "the id of a save is of 1 to %d characters, and begins otherwise than «%s»"
                .formatted(MOST_CLIENT, TaskMigration.OURS))
        : Optional.empty();
  }

  /// The same, and of a note that is too long.
  static Optional<String> fault(String client, String note) {
    return note.length() > MOST_NOTE
        ? Optional.of("a note is of %,d characters at most".formatted(MOST_NOTE))
        : !LabelProject.isStorable(note)
            ? Optional.of("a note has U+0000, or half of a character; leave it out")
            : fault(client);
  }

  /// Stores what somebody sends, and returns when it is on disk.
  public Outcome save(String person, Sent sent) {
    Optional<String> fault =
        fault(sent.client, sent.skipReason).or(() -> fault(sent.client, sent.note));
    if (fault.isPresent()) {
      return new Outcome.Refused(fault.get());
    }
    Outcome outcome = project.state().durably(tx -> save(tx, person, sent));
    if (outcome instanceof Outcome.Stored && sent.skipReason.isEmpty()) {
      project.acted();
    }
    return outcome;
  }

  private Outcome save(Transaction tx, String person, Sent sent) throws SQLException {
    Optional<Outcome> before = before(tx, person, sent.client);
    if (before.isPresent()) {
      return before.get();
    }
    long version = project.version(tx);
    Optional<Row> row = row(tx, sent.item);
    Outcome outcome = row.isEmpty() ? none(sent) : decide(tx, person, sent, row.get(), version);
    boolean skipped = !sent.skipReason.isEmpty();
    String text = row.map(r -> r.item.text()).orElse("");
    long revision = outcome instanceof Outcome.Stored(long r) ? r : sent.revision;
    remember(
        tx,
        sent.client,
        sent.item,
        person,
        new Act(
            outcome instanceof Outcome.Stored ? skipped ? "skip" : "save" : "refused",
            revision,
            version,
            skipped ? "{}" : raw(sent.answer, text),
            skipped ? sent.skipReason : sent.note,
            json(outcome)));
    return outcome;
  }

  /// What became of an act that was sent before.
  Optional<Outcome> before(Transaction tx, String person, String client) throws SQLException {
    return tx.first(
        "select outcome from labelling.history where project = ? and person = ? and client = ?",
        row -> outcome(row.text("outcome")),
        project.name(),
        person,
        client);
  }

  /// An answer whose spans lie outside the text has no text to be cut.
  private static String raw(LabelAnswer answer, String text) {
    try {
      return LabelProject.json(answer, text);
    } catch (RuntimeException e) {
      return JsonMapper.shared().writeValueAsString(answer);
    }
  }

  private static Outcome none(Sent sent) {
    return new Outcome.Refused("there is no item %d in this project".formatted(sent.item));
  }

  private record Row(AnnotatedItem item, String textHash, boolean decided) {}

  /// Locked until the transaction ends: what is checked of an item holds when its answer is
  /// written.
  private Optional<Row> row(Transaction tx, long number) throws SQLException {
    return tx.first(
        "select id, fields, text_hash, review from labelling.item where project = ? and number = ?"
            + " for update",
        row ->
            new Row(
                LabelProject.item(row),
                row.text("text_hash"),
                row.number("review") == LabelReview.DECIDED),
        project.name(),
        number);
  }

  private record There(long revision, String answer, boolean skipped) {}

  private Outcome decide(Transaction tx, String person, Sent sent, Row row, long version)
      throws SQLException {
    if (tx.number(
            "select count(*) from labelling.person where project = ? and name = ? and removed ="
                + " false",
            project.name(),
            person)
        == 0) {
      return new Outcome.Refused(
          "«%s» is none of this project's annotators, or no longer".formatted(person));
    }
    if (!row.textHash.equals(sent.textHash)) {
      return new Outcome.Refused("the item's text has changed since it was shown; load it again");
    }
    if (row.decided) {
      return new Outcome.Refused(
          "a reviewer has decided on this item, so that its answers change no more");
    }
    boolean skipped = !sent.skipReason.isEmpty();
    AnnotationTask task = project.task(tx);
    if (!skipped) {
      Optional<String> fault = AnswerCheck.fault(task, row.item, sent.answer);
      if (fault.isPresent()) {
        return new Outcome.Refused(fault.get());
      }
    }
    Optional<There> there =
        tx.first(
            "select revision, answer, skipped from labelling.answer where project = ? and item = ?"
                + " and person = ?",
            r -> new There(r.number("revision"), r.text("answer"), r.flag("skipped")),
            project.name(),
            sent.item,
            person);
    long revision = there.map(There::revision).orElse(0L);
    if (revision != sent.revision) {
      return new Outcome.Conflict(revision, there.map(There::answer).orElse("{}"));
    }
    Optional<LabelQueue.Leased> leased = queue.leased(tx, sent.item, person);
    boolean counted = there.isPresent() && !there.get().skipped;
    if (!counted && !skipped && !takePlace(tx, person, sent.item)) {
      return new Outcome.Refused(
          "the lease of this item ran out, and others have answered it; your answer is in the"
              + " history and does not count");
    }
    if (counted && skipped) {
      tx.update(
          "update labelling.item set done = done - 1 where project = ? and number = ?",
          project.name(),
          sent.item);
      queue.free(tx, sent.item);
    } else if (!counted && skipped) {
      queue.unlease(tx, sent.item, person);
    } else if (!counted) {
      tx.update(
          "update labelling.item set done = done + 1 where project = ? and number = ?",
          project.name(),
          sent.item);
    }
    write(
        tx,
        person,
        sent,
        row.item,
        new Written(task, there.isPresent(), revision + 1, version, leased));
    queue.settle(tx, sent.item);
    return new Outcome.Stored(revision + 1);
  }

  /// Turns a lease into a place for good; without one a place must be left.
  private boolean takePlace(Transaction tx, String person, long item) throws SQLException {
    return queue.end(tx, item, person) || queue.hold(tx, item);
  }

  private record Written(
      AnnotationTask task,
      boolean there,
      long revision,
      long version,
      Optional<LabelQueue.Leased> leased) {}

  private void write(Transaction tx, String person, Sent sent, AnnotatedItem item, Written written)
      throws SQLException {
    boolean skipped = !sent.skipReason.isEmpty();
    String json =
        skipped ? "{}" : LabelProject.json(written.task.ordered(sent.answer), item.text());
    String note = skipped ? sent.skipReason : sent.note;
    // A clock that jumps back must not make this an older answer than the one before it.
    long now =
        Math.max(
            project.clock().millis(),
            1
                + tx.number(
                    "select max(at) from labelling.answer where project = ? and person = ?",
                    project.name(),
                    person));
    if (written.there) {
      tx.update(
          "update labelling.answer set revision = ?, version = ?, answer = ?, skipped = ?, note ="
              + " ?, at = ? where project = ? and item = ? and person = ?",
          written.revision,
          written.version,
          json,
          skipped,
          note,
          now,
          project.name(),
          sent.item,
          person);
    } else {
      String proposed = written.leased.map(LabelQueue.Leased::suggestion).orElse(null);
      tx.update(
          "insert into labelling.answer (project, item, person, revision, version, answer, skipped,"
              + " note, suggested, at, chosen, suggestion) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
              + " ?)",
          project.name(),
          sent.item,
          person,
          written.revision,
          written.version,
          json,
          skipped,
          note,
          proposed != null && queue.suggests(sent.item, person),
          now,
          written.leased.map(LabelQueue.Leased::chosen).orElse(""),
          proposed);
      tx.update(
          "update labelling.person set given = given + 1 where project = ? and name = ?",
          project.name(),
          person);
    }
  }

  void remember(Transaction tx, String client, long item, String person, Act act)
      throws SQLException {
    long number =
        tx.number(
            "select count(*) from labelling.history where project = ? and item = ? and person = ?",
            project.name(),
            item,
            person);
    tx.update(
        "insert into labelling.history (project, client, number, item, person, act, revision,"
            + " version, answer, note, outcome, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        project.name(),
        client,
        number,
        item,
        person,
        act.act,
        act.revision,
        act.version,
        act.answer,
        act.note,
        act.outcome,
        project.clock().millis());
  }

  static String json(Outcome outcome) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    switch (outcome) {
      case Outcome.Stored(long revision) -> json.put("stored", revision);
      case Outcome.Conflict(long revision, String there) ->
          json.put("conflict", revision).put("there", there);
      case Outcome.Refused(String why) -> json.put("refused", why);
    }
    return json.toString();
  }

  private static Outcome outcome(String text) {
    var json = JsonMapper.shared().readTree(text);
    return json.has("stored")
        ? new Outcome.Stored(json.get("stored").longValue())
        : json.has("conflict")
            ? new Outcome.Conflict(
                json.get("conflict").longValue(), json.get("there").stringValue())
            : new Outcome.Refused(json.path("refused").asString(""));
  }
}
