package dev.imago.labelling;

import dev.imago.agreement.Aggregator;
import dev.imago.agreement.Agreement;
import dev.imago.agreement.Coefficient;
import dev.imago.agreement.Consensus;
import dev.imago.agreement.Distance;
import dev.imago.agreement.Judgements;
import dev.imago.agreement.LabelError;
import dev.imago.agreement.SpanJudgements;
import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.TaskKind;
import dev.imago.metrics.Span;
import dev.imago.state.SqlRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What people answered in a project, as the measures of agreement want it. Skipped and gold items
/// are not in it.
public final class ProjectAgreement {
  /// One item with what everybody answered, people by their number in [#people].
  ///
  /// @param complete whether as many have answered as are wanted: others' labels may be seen
  /// @param answers none where those that there were went with their labels, and a decision stayed
  /// @param decided by a reviewer; null where none has
  public record Answered(
      long number,
      AnnotatedItem item,
      boolean complete,
      Map<Integer, LabelAnswer> answers,
      @Nullable LabelAnswer decided) {}

  /// A label that is probably wrong.
  ///
  /// @param number of the item
  /// @param given by the person
  /// @param complete whether as many have answered the item as are wanted
  /// @param likely by all that is known
  /// @param probability that the given one is right
  public record Doubt(
      long number,
      String id,
      boolean complete,
      String person,
      List<String> given,
      List<String> likely,
      double probability) {}

  /// As many as a task may have labels: a table of two for each person is 8 MB.
  private static final int MOST_SETS = 1_000;

  /// Answers that are read in passing, for what is probably wrong among them: more take memory and
  /// time that who asks how far a project is does not expect.
  public static final int MOST_READ = 200_000;

  private final AnnotationTask task;
  private final List<String> people;
  private final List<Answered> items;

  /// Sets of labels that were given, by the number that stands for them.
  private final List<List<String>> sets = new ArrayList<>();

  private final Judgements judgements;

  private ProjectAgreement(
      AnnotationTask task, List<String> people, List<Answered> items, Map<Long, Long> times) {
    this.task = task;
    this.people = people;
    this.items = items;
    this.judgements = judgements(times);
  }

  /// Of all that was answered.
  public static ProjectAgreement of(LabelProject project) {
    List<String> people = project.people();
    Map<String, Integer> numbers = new HashMap<>();
    people.forEach(person -> numbers.put(person, numbers.size()));
    Map<Long, Answered> items = new TreeMap<>();
    Map<Long, Long> times = new HashMap<>();
    project
        .state()
        .transaction(
            tx -> {
              items.clear();
              tx.each(
                  "select i.number, i.id, i.fields, i.review, a.person, a.answer, a.at, d.answer as"
                      + " decided from labelling.answer a join labelling.item i on i.project ="
                      + " a.project and i.number = a.item left join labelling.decision d on"
                      + " d.project = a.project and d.item = a.item where a.project = ? and"
                      + " a.skipped = false and i.is_gold = false order by i.number, a.person",
                  row -> {
                    long number = row.number("number");
                    Answered of = items.get(number);
                    if (of == null) {
                      of = answered(number, row);
                      items.put(number, of);
                    }
                    int person = numbers.getOrDefault(row.text("person"), 0);
                    of.answers.put(person, LabelProject.answer(row.text("answer"), of.item.text()));
                    times.put(number * people.size() + person, row.number("at"));
                  },
                  project.name());
              tx.each(
                  "select i.number, i.id, i.fields, i.review, d.answer as decided from"
                      + " labelling.decision d join labelling.item i on i.project = d.project and"
                      + " i.number = d.item where d.project = ? and i.is_gold = false and not"
                      + " exists (select 1 from labelling.answer a where a.project = d.project and"
                      + " a.item = d.item and a.skipped = false)",
                  row -> {
                    long number = row.number("number");
                    items.put(number, answered(number, row));
                  },
                  project.name());
              return items.size();
            });
    return new ProjectAgreement(project.task(), people, List.copyOf(items.values()), times);
  }

  private static Answered answered(long number, SqlRow row) throws SQLException {
    AnnotatedItem item = LabelProject.item(row);
    String decided = row.optionalText("decided");
    return new Answered(
        number,
        item,
        row.number("review") > 0,
        new TreeMap<>(),
        decided == null ? null : LabelProject.answer(decided, item.text()));
  }

  private Judgements judgements(Map<Long, Long> times) {
    Map<List<String>, Integer> numbers = new HashMap<>();
    if (task.kind() != TaskKind.SEVERAL) {
      for (String label : task.labelNames()) {
        numbers.put(List.of(label), sets.size());
        sets.add(List.of(label));
      }
    }
    record Given(int item, int person, int label, long at) {}
    List<Given> given = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      for (var answer : items.get(i).answers.entrySet()) {
        List<String> labels =
            task.kind() == TaskKind.SEVERAL
                ? answer.getValue().labels().stream().sorted().toList()
                : task.kind().hasLabels() || task.kind().compares()
                    ? answer.getValue().labels()
                    : List.of(answer.getValue().text());
        if (task.kind() == TaskKind.SPANS || task.kind() == TaskKind.ANSWER_SPAN) {
          continue;
        }
        int number =
            numbers.computeIfAbsent(
                labels,
                set -> {
                  sets.add(set);
                  return sets.size() - 1;
                });
        given.add(
            new Given(
                i,
                answer.getKey(),
                number,
                times.getOrDefault(items.get(i).number * people.size() + answer.getKey(), 0L)));
      }
    }
    var builder = Judgements.builder(items.size(), people.size(), Math.max(1, sets.size()));
    given.forEach(g -> builder.add(g.item, g.person, g.label, g.at));
    return builder.build();
  }

  public List<String> people() {
    return people;
  }

  public List<Answered> items() {
    return items;
  }

  public Judgements judgements() {
    return judgements;
  }

  /// The labels that a number of [#judgements] stands for.
  public List<String> labels(int number) {
    return sets.get(number);
  }

  public SpanJudgements spans() {
    List<SpanJudgements.Text> texts = new ArrayList<>();
    for (Answered of : items) {
      Map<Integer, List<Span>> byRater = new HashMap<>();
      of.answers.forEach(
          (person, answer) ->
              byRater.put(
                  person,
                  answer.spans().stream()
                      .map(s -> new Span(s.label(), s.from(), s.to()))
                      .toList()));
      texts.add(
          new SpanJudgements.Text(
              of.item.text().codePointCount(0, of.item.text().length()), byRater));
    }
    return new SpanJudgements(people.size(), texts);
  }

  /// Krippendorff's α with the distance that fits the task: nominal, ordinal of a scale, MASI of
  /// sets; of spans their F1.
  public Agreement main() {
    return task.kind() == TaskKind.SPANS || task.kind() == TaskKind.ANSWER_SPAN
        ? spans().f1()
        : coefficient().of(judgements);
  }

  /// The coefficient that fits the task's labels.
  public Coefficient coefficient() {
    return switch (task.kind()) {
      case SCALE -> Coefficient.krippendorff(Distance.ordinal());
      case SEVERAL -> Coefficient.krippendorff(Distance.masi(bits()));
      default -> Coefficient.krippendorff(Distance.nominal());
    };
  }

  private List<BitSet> bits() {
    Map<String, Integer> numbers = new HashMap<>();
    List<BitSet> bits = new ArrayList<>();
    for (List<String> set : sets) {
      var of = new BitSet();
      set.forEach(label -> of.set(numbers.computeIfAbsent(label, _ -> numbers.size())));
      bits.add(of);
    }
    return bits.isEmpty() ? List.of(new BitSet()) : bits;
  }

  /// Whether people chose among few labels, so that tables of them can be made: answers that are
  /// written are as many labels as there are answers.
  public boolean tabular() {
    return (task.kind().hasLabels() || task.kind().compares()) && sets.size() <= MOST_SETS;
  }

  /// One label for each item, by Dawid and Skene where three people or more overlap, else by
  /// majority.
  ///
  /// @throws IllegalStateException where it is not [#tabular]
  public Consensus consensus() {
    if (!tabular()) {
      throw new IllegalStateException(sets.size() + " labels make no table");
    }
    return (isOverlapping()
            ? Aggregator.dawidSkene(Aggregator.Stopping.USUAL)
            : Aggregator.majority())
        .of(judgements);
  }

  /// Labels that are probably wrong, the surest first: those of items of which others say something
  /// else, as far as no reviewer has decided. None where labels make no table.
  public List<Doubt> doubts() {
    if (!tabular()) {
      return List.of();
    }
    return LabelError.of(judgements, consensus(), 0.5).stream()
        .filter(error -> items.get(error.item()).decided == null)
        .map(
            error ->
                new Doubt(
                    items.get(error.item()).number,
                    items.get(error.item()).item.id(),
                    items.get(error.item()).complete,
                    people.get(error.rater()),
                    labels(error.given()),
                    labels(error.likely()),
                    error.probability()))
        .toList();
  }

  /// How [#consensus] was made, for records.
  public String consensusName() {
    return isOverlapping() ? "dawid-skene" : "majority";
  }

  private boolean isOverlapping() {
    return IntStream.range(0, judgements.items()).anyMatch(item -> judgements.count(item) > 2);
  }

  /// Cohen's κ of each pair of people who have items in common.
  public Map<String, Agreement> byPair() {
    Map<String, Agreement> pairs = new LinkedHashMap<>();
    for (int a = 0; a < people.size(); a++) {
      for (int b = a + 1; b < people.size(); b++) {
        Judgements pair = judgements.pair(a, b);
        if (IntStream.range(0, pair.items()).anyMatch(item -> pair.count(item) == 2)) {
          pairs.put(people.get(a) + " – " + people.get(b), Coefficient.cohen().of(pair));
        }
      }
    }
    return pairs;
  }

  /// α of each label against the rest.
  public Map<String, Agreement> byLabel() {
    Map<String, Agreement> labels = new LinkedHashMap<>();
    for (int l = 0; l < sets.size(); l++) {
      labels.put(
          String.join("+", sets.get(l)),
          Coefficient.krippendorff(Distance.nominal()).of(judgements.on(l)));
    }
    return labels;
  }
}
