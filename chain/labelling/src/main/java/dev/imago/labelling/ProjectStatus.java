package dev.imago.labelling;

import dev.imago.accounts.Role;
import dev.imago.annotation.LabelAnswer;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How far a project is.
///
/// @param items without gold ones
/// @param done of them, answered by as many as the overlap wants
/// @param gold items
/// @param answers of people, without those of gold items
/// @param leased items that are out
/// @param differing items of those done on which people differ and no reviewer has decided
/// @param reviewed items on which a reviewer has decided
/// @param pull of suggestions
/// @param learned the last rounds of active learning, the newest first; none where none is at work
/// @param people one line each
public record ProjectStatus(
    long items,
    long done,
    long gold,
    long answers,
    long leased,
    long differing,
    long reviewed,
    Pull pull,
    List<Learned> learned,
    List<Person> people) {
  /// How far suggestions draw answers: how many are what was suggested, of those before which it
  /// was shown and of those of which it was kept back.
  public record Pull(long shown, long shownSame, long plain, long plainSame) {
    /// The difference of the two shares; empty where one is of nothing. Newcombe 1998 (its method
    /// 10, of two Wilson intervals),
    /// doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    public Optional<Interval> difference(double confidence) {
      if (shown == 0 || plain == 0) {
        return Optional.empty();
      }
      Interval a = Proportion.wilson(shownSame, shown, confidence);
      Interval b = Proportion.wilson(plainSame, plain, confidence);
      double d = a.value() - b.value();
      return Optional.of(
          new Interval(
              d,
              d - Math.hypot(a.value() - a.low(), b.high() - b.value()),
              d + Math.hypot(a.high() - a.value(), b.value() - b.low())));
    }
  }

  /// A round of active learning.
  ///
  /// @param labels that were learned from
  /// @param randomRight of `randomTested` items drawn at random, none of which was learned from
  /// @param chosenRight of `chosenTested` items that the strategy chose by this round's model
  public record Learned(
      long round,
      long labels,
      long randomRight,
      long randomTested,
      long chosenRight,
      long chosenTested) {}

  private static final int ROUNDS = 100;

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
    List<Person> people = people(tx, name);
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
        pull(tx, name),
        tx.list(
            "select round, labels, random_right, random_tested, chosen_right, chosen_tested from"
                + " labelling.learned where project = ? order by project, round desc limit "
                + ROUNDS,
            row ->
                new Learned(
                    row.number("round"),
                    row.number("labels"),
                    row.number("random_right"),
                    row.number("random_tested"),
                    row.number("chosen_right"),
                    row.number("chosen_tested")),
            name),
        withGold(project, tx, people));
  }

  private static Pull pull(Transaction tx, String name) throws SQLException {
    long[] counts = new long[4];
    tx.each(
        "select suggested, count(*) as answers, sum(case when answer = suggestion then 1 else 0"
            + " end) as same from labelling.answer where project = ? and skipped = false and"
            + " suggestion is not null group by suggested",
        row -> {
          int at = row.flag("suggested") ? 0 : 2;
          counts[at] = row.number("answers");
          counts[at + 1] = row.number("same");
        },
        name);
    return new Pull(counts[0], counts[1], counts[2], counts[3]);
  }

  private record Counts(long answers, long skipped) {}

  private record Upheld(long upheld, long reviewed) {}

  /// Each table is read once, however many people there are.
  private static List<Person> people(Transaction tx, String name) throws SQLException {
    Map<String, Counts> counts = new HashMap<>();
    tx.each(
        "select person, sum(case when skipped = false then 1 else 0 end) as answers, sum(case when"
            + " skipped = true and note <> '"
            + AnswerUndo.UNDONE
            + "' then 1 else 0 end) as skips from labelling.answer where project = ? group by"
            + " person",
        row ->
            counts.put(row.text("person"), new Counts(row.number("answers"), row.number("skips"))),
        name);
    Map<String, Long> sent = new HashMap<>();
    tx.each(
        "select person, count(*) as answers from labelling.sent_back where project = ? group by"
            + " person",
        row -> sent.put(row.text("person"), row.number("answers")),
        name);
    Map<String, Upheld> upheld = new HashMap<>();
    tx.each(
        "select a.person, count(*) as reviewed, sum(case when a.answer = d.answer then 1 else 0"
            + " end) as upheld from labelling.decision d join labelling.answer a on a.project ="
            + " d.project and a.item = d.item where d.project = ? and a.skipped = false group by"
            + " a.person",
        row ->
            upheld.put(
                row.text("person"), new Upheld(row.number("upheld"), row.number("reviewed"))),
        name);
    return tx.list(
        "select name, role, removed from labelling.person where project = ? order by number",
        row -> {
          String person = row.text("name");
          Counts of = counts.getOrDefault(person, new Counts(0, 0));
          long back = sent.getOrDefault(person, 0L);
          Upheld reviewed = upheld.getOrDefault(person, new Upheld(0, 0));
          return new Person(
              person,
              Role.parse(row.text("role")),
              row.flag("removed"),
              of.answers,
              of.skipped - back, // what is sent back stands as skipped until it is given anew
              0,
              0,
              back,
              reviewed.upheld,
              reviewed.reviewed);
        },
        name);
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
