package dev.imago.labelling;

import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Takes back the last that somebody answered: the item is leased to him again.
public record AnswerUndo(LabelProject project) {
  private record Last(long item, long revision, boolean skipped, @Nullable String suggestion) {}

  /// @param client the id of this act; the same again does nothing more
  /// @return the item; empty where nothing is left to take back
  /// @throws IllegalArgumentException for an id that no act may have
  /// @throws LabelQueue.RemovedException where the person may not label
  public OptionalLong last(String person, String client) {
    LabelStore.fault(client)
        .ifPresent(
            why -> {
              throw new IllegalArgumentException(why);
            });
    return project.state().durably(tx -> last(tx, person, client));
  }

  private OptionalLong last(Transaction tx, String person, String client) throws SQLException {
    String name = project.name();
    var queue = new LabelQueue(project);
    queue.known(tx, person);
    var done =
        tx.first(
            "select item from labelling.history where project = ? and person = ? and client = ?",
            row -> row.number("item"),
            name,
            person,
            client);
    if (done.isPresent()) {
      return OptionalLong.of(done.get());
    }
    Optional<Last> last = latest(tx, name, person);
    if (last.isEmpty()) {
      return OptionalLong.empty();
    }
    Last it = last.get();
    queue.lock(tx, it.item);
    if (!latest(tx, name, person).equals(last)) {
      return OptionalLong.empty(); // it was sent back, or answered anew, meanwhile
    }
    if (tx.number(
            "select count(*) from labelling.decision where project = ? and item = ?", name, it.item)
        > 0) {
      return OptionalLong.empty();
    }
    if (it.skipped && !queue.hold(tx, it.item)) {
      return OptionalLong.empty(); // others have answered what was skipped
    }
    if (!it.skipped) {
      tx.update(
          "update labelling.item set done = done - 1 where project = ? and number = ?",
          name,
          it.item);
    }
    tx.update(
        "update labelling.answer set revision = revision + 1, answer = '{}', skipped = true, note ="
            + " ?, at = ? where project = ? and item = ? and person = ?",
        UNDONE,
        project.clock().millis(),
        name,
        it.item,
        person);
    queue.lease(
        tx, it.item, person, project.clock().millis(), new LabelQueue.Leased("", it.suggestion));
    queue.settle(tx, it.item);
    new LabelStore(project)
        .remember(
            tx,
            client,
            it.item,
            person,
            new LabelStore.Act("undo", it.revision + 1, project.version(tx), "{}", "", ""));
    return OptionalLong.of(it.item);
  }

  /// Stands in the place of a note of an answer that was taken back.
  static final String UNDONE = "(undone)";

  private static Optional<Last> latest(Transaction tx, String name, String person)
      throws SQLException {
    return tx.first(
        "select item, revision, skipped, suggestion from labelling.answer a where project = ?"
            + " and person = ? and note <> ? and not exists (select 1 from labelling.sent_back"
            + " s where s.project = a.project and s.person = a.person and s.item = a.item)"
            + " order by project, person, at desc, item desc limit 1",
        row ->
            new Last(
                row.number("item"),
                row.number("revision"),
                row.flag("skipped"),
                row.optionalText("suggestion")),
        name,
        person,
        UNDONE);
  }
}
