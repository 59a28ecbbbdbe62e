package dev.imago.labelling;

import dev.imago.accounts.Role;
import dev.imago.annotation.LabelAnswer;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.List;

/// How far a project is.
///
/// @param items without gold ones
/// @param done of them, answered by as many as the overlap wants
/// @param gold items
/// @param answers of people, without those of gold items
/// @param leased items that are out
/// @param differing items of those done on which people differ and no reviewer has decided
/// @param reviewed items on which a reviewer has decided
/// @param people one line each
public record ProjectStatus(
    long items,
    long done,
    long gold,
    long answers,
    long leased,
    long differing,
    long reviewed,
    List<Person> people) {
  /// @param answers given
  /// @param skipped items
  /// @param goldRight gold items answered as they are
  /// @param goldAnswered gold items answered
  /// @param sentBack answers that a reviewer sent back and that are not given anew
  /// @param upheld answers that are what a reviewer decided
  /// @param reviewed answers of items on which a reviewer has decided
  public record Person(
      String name,
      Role role,
      boolean removed,
      long answers,
      long skipped,
      long goldRight,
      long goldAnswered,
      long sentBack,
      long upheld,
      long reviewed) {}

  public static ProjectStatus of(LabelProject project) {
    return project.state().transaction(tx -> of(project, tx));
  }

  private static ProjectStatus of(LabelProject project, Transaction tx) throws SQLException {
    String name = project.name();
    List<Person> people =
        tx.list(
            "select p.name, p.role, p.removed, (select count(*) from labelling.answer a where"
                + " a.project = p.project and a.person = p.name and a.skipped = false) as answers,"
                + " (select count(*) from labelling.answer a where a.project = p.project and"
                + " a.person = p.name and a.skipped = true and a.note <> '"
                + AnswerUndo.UNDONE
                + "' and not exists (select 1 from labelling.sent_back s where s.project ="
                + " a.project and s.person = a.person and s.item = a.item)) as skips, (select"
                + " count(*) from labelling.sent_back s where s.project = p.project and s.person ="
                + " p.name) as sent, (select count(*) from labelling.decision d join"
                + " labelling.answer a on a.project = d.project and a.item = d.item and a.skipped ="
                + " false where d.project = p.project and a.person = p.name) as reviewed, (select"
                + " count(*) from labelling.decision d join labelling.answer a on a.project ="
                + " d.project and a.item = d.item and a.skipped = false and a.answer = d.answer"
                + " where d.project = p.project and a.person = p.name) as upheld from"
                + " labelling.person p where p.project = ? order by p.number",
            row ->
                new Person(
                    row.text("name"),
                    Role.parse(row.text("role")),
                    row.flag("removed"),
                    row.number("answers"),
                    row.number("skips"),
                    0,
                    0,
                    row.number("sent"),
                    row.number("upheld"),
                    row.number("reviewed")),
            name);
    return new ProjectStatus(
        tx.number(
            "select count(*) from labelling.item where project = ? and is_gold = false", name),
        tx.number(
            "select count(*) from labelling.item where project = ? and is_gold = false and done >="
                + " wanted",
            name),
        tx.number("select count(*) from labelling.item where project = ? and is_gold = true", name),
        tx.number(
            "select count(*) from labelling.answer a join labelling.item i on i.project = a.project"
                + " and i.number = a.item where a.project = ? and a.skipped = false and i.is_gold ="
                + " false",
            name),
        tx.number("select count(*) from labelling.lease where project = ?", name),
        tx.number("select count(*) from labelling.item where project = ? and review = 2", name),
        tx.number("select count(*) from labelling.item where project = ? and review = 3", name),
        withGold(project, tx, people));
  }

  private static List<Person> withGold(LabelProject project, Transaction tx, List<Person> people)
      throws SQLException {
    record Told(String person, boolean right) {}
    List<Told> told =
        tx.list(
            "select i.id, i.fields, i.gold, a.person, a.answer from labelling.answer a join"
                + " labelling.item i on i.project = a.project and i.number = a.item where a.project"
                + " = ? and a.skipped = false and i.is_gold = true",
            row -> {
              String text = LabelProject.item(row).text();
              LabelAnswer gold = LabelProject.answer(row.text("gold"), text);
              return new Told(
                  row.text("person"), same(gold, LabelProject.answer(row.text("answer"), text)));
            },
            project.name());
    return people.stream()
        .map(
            p ->
                new Person(
                    p.name,
                    p.role,
                    p.removed,
                    p.answers,
                    p.skipped,
                    told.stream().filter(t -> t.person.equals(p.name) && t.right).count(),
                    told.stream().filter(t -> t.person.equals(p.name)).count(),
                    p.sentBack,
                    p.upheld,
                    p.reviewed))
        .toList();
  }

  /// The order in which labels and spans were given says nothing.
  private static boolean same(LabelAnswer a, LabelAnswer b) {
    return a.text().strip().equals(b.text().strip())
        && a.labels().stream().sorted().toList().equals(b.labels().stream().sorted().toList())
        && a.spans().size() == b.spans().size()
        && a.spans().containsAll(b.spans());
  }
}
