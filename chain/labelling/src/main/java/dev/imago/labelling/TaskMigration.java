package dev.imago.labelling;

import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.annotation.TaskChange;
import dev.imago.core.ConfigException;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries answers over to a new version of their task.
record TaskMigration(LabelProject project, Transaction tx) {
  /// What the ids of our acts in the history begin with: no save may.
  static final String OURS = "task-";

  private record Given(long item, String person, long revision, String answer, String note) {}

  /// @return the answers that changed
  int run(String yaml, AnnotationTask next, TaskChange change, boolean removing)
      throws SQLException {
    String name = project.name();
    long version = 1 + tx.number("select version from labelling.project where name = ?", name);
    int changed = 0;
    int lost = 0;
    List<Given> all =
        change.renamed().isEmpty() && change.removed().isEmpty()
            ? List.of()
            : tx.list(
                "select item, person, revision, answer, note from labelling.answer where project ="
                    + " ? and skipped = false",
                row ->
                    new Given(
                        row.number("item"),
                        row.text("person"),
                        row.number("revision"),
                        row.text("answer"),
                        row.text("note")),
                name);
    for (Given given : all) {
      String text = project.itemText(tx, given.item).orElse("");
      LabelAnswer old = LabelProject.answer(given.answer, text);
      boolean gone = uses(old, change.removed());
      lost += gone ? 1 : 0;
      LabelAnswer carried = next.ordered(change.applied(old));
      if (!gone && !carried.equals(old)) {
        carry(given, carried, text, version);
        changed++;
      } else if (gone && removing) {
        drop(given, version);
      }
    }
    if (!change.renamed().isEmpty() || !change.removed().isEmpty()) {
      lost += known(next, change, removing);
    }
    lost += decisions(next, change, removing, version);
    proposed(next, change);
    if (lost > 0 && !removing) {
      throw new ConfigException(
          "the new task has no %s, and %,d answers use it; keep the label, rename it with `was:`, or say --remove-labels to put these answers back into the queue (the history keeps them)"
              .formatted(String.join(", ", change.removed()), lost));
    }
    tx.update(
        "update labelling.project set task = ?, version = ? where name = ?", yaml, version, name);
    tx.update(
        "insert into labelling.task_version (project, version, task, at) values (?, ?, ?, ?)",
        name,
        version,
        yaml,
        project.clock().millis());
    tx.update(
        "update labelling.item set wanted = ?, is_open = (held < ? and review <> 3) where project ="
            + " ? and is_gold = false",
        (long) next.overlap(),
        (long) next.overlap(),
        name);
    new LabelQueue(project).settleAll(tx);
    // What wants more people than before may lie behind those who are far on.
    tx.update("update labelling.person set place = -1 where project = ?", name);
    return changed;
  }

  private record Proposed(long item, String person, String text, String suggestion) {}

  /// What was proposed to people is carried over with what they answered, so that both can be
  /// compared.
  private void proposed(AnnotationTask next, TaskChange change) throws SQLException {
    if (change.renamed().isEmpty() && change.removed().isEmpty()) {
      return;
    }
    for (String table : List.of("lease", "answer")) {
      for (Proposed each :
          tx.list(
              "select t.item, t.person, t.suggestion, i.id, i.fields from labelling."
                  + table
                  + " t join labelling.item i on i.project = t.project and i.number = t.item where"
                  + " t.project = ? and t.suggestion is not null",
              row ->
                  new Proposed(
                      row.number("item"),
                      row.text("person"),
                      LabelProject.item(row).text(),
                      row.text("suggestion")),
              project.name())) {
        tx.update(
            "update labelling."
                + table
                + " set suggestion = ? where project = ? and item = ? and person = ?",
            carried(next, each.suggestion, each.text, change),
            project.name(),
            each.item,
            each.person);
      }
    }
  }

  private record Decided(long item, String text, String answer) {}

  /// What reviewers decided is carried over, too; with a label that is no more it goes, and the
  /// item is to be reviewed again.
  ///
  /// @return the decisions for labels that are no more
  private int decisions(AnnotationTask next, TaskChange change, boolean removing, long version)
      throws SQLException {
    if (change.renamed().isEmpty() && change.removed().isEmpty()) {
      return 0;
    }
    int lost = 0;
    for (Decided decided :
        tx.list(
            "select d.item, d.answer, i.id, i.fields from labelling.decision d join labelling.item"
                + " i on i.project = d.project and i.number = d.item where d.project = ?",
            row ->
                new Decided(row.number("item"), LabelProject.item(row).text(), row.text("answer")),
            project.name())) {
      String carried = carried(next, decided.answer, decided.text, change);
      if (carried != null) {
        tx.update(
            "update labelling.decision set answer = ?, version = ? where project = ? and item = ?",
            carried,
            version,
            project.name(),
            decided.item);
        continue;
      }
      lost++;
      if (removing) {
        tx.update(
            "delete from labelling.decision where project = ? and item = ?",
            project.name(),
            decided.item);
        tx.update(
            "update labelling.item set review = 0 where project = ? and number = ?",
            project.name(),
            decided.item);
      }
    }
    return lost;
  }

  private record Known(
      long item, String text, @Nullable String gold, @Nullable String suggestion) {}

  /// Right answers and suggestions are carried over, too. A suggestion of a label that is no more
  /// goes; a gold item of one is measured by no longer, and is an item as others.
  ///
  /// @return the gold items of labels that are no more
  private int known(AnnotationTask next, TaskChange change, boolean removing) throws SQLException {
    List<Known> all =
        tx.list(
            "select number, id, fields, gold, suggestion from labelling.item where project = ? and"
                + " (gold is not null or suggestion is not null)",
            row ->
                new Known(
                    row.number("number"),
                    LabelProject.item(row).text(),
                    row.optionalText("gold"),
                    row.optionalText("suggestion")),
            project.name());
    int lost = 0;
    for (Known known : all) {
      String gold = carried(next, known.gold, known.text, change);
      tx.update(
          "update labelling.item set gold = ?, suggestion = ? where project = ? and number = ?",
          gold,
          carried(next, known.suggestion, known.text, change),
          project.name(),
          known.item);
      if (known.gold != null && gold == null) {
        lost++;
        if (removing) {
          tx.update(
              "update labelling.item set is_gold = false, returned = true where project = ? and"
                  + " number = ?",
              project.name(),
              known.item);
        }
      }
    }
    return lost;
  }

  /// Null where a label of it is no more.
  private static @Nullable String carried(
      AnnotationTask next, @Nullable String json, String text, TaskChange change) {
    if (json == null) {
      return null;
    }
    LabelAnswer old = LabelProject.answer(json, text);
    return uses(old, change.removed())
        ? null
        : LabelProject.json(next.ordered(change.applied(old)), text);
  }

  private static boolean uses(LabelAnswer answer, List<String> labels) {
    var used = new ArrayList<>(answer.labels());
    answer.spans().stream().map(MarkedSpan::label).forEach(used::add);
    return used.stream().anyMatch(labels::contains);
  }

  private void carry(Given given, LabelAnswer carried, String text, long version)
      throws SQLException {
    String json = LabelProject.json(carried, text);
    tx.update(
        "update labelling.answer set answer = ?, revision = revision + 1, version = ? where project"
            + " = ? and item = ? and person = ?",
        json,
        version,
        project.name(),
        given.item,
        given.person);
    new LabelStore(project)
        .remember(
            tx,
            OURS + version + "-" + given.item,
            given.item,
            given.person,
            new LabelStore.Act("carried", given.revision + 1, version, json, given.note, ""));
  }

  private void drop(Given given, long version) throws SQLException {
    tx.update(
        "delete from labelling.answer where project = ? and item = ? and person = ?",
        project.name(),
        given.item,
        given.person);
    tx.update(
        "update labelling.item set held = held - 1, done = done - 1, is_open = (is_gold = false"
            + " and review <> 3), returned = true where project = ? and number = ?",
        project.name(),
        given.item);
    new LabelStore(project)
        .remember(
            tx,
            OURS + version + "-" + given.item,
            given.item,
            given.person,
            new LabelStore.Act("dropped", given.revision, version, given.answer, given.note, ""));
  }
}
