// Past 400 lines: votes of functions lie in arrays that taking, joining and the report all read.
package dev.imago.labelling;

import dev.imago.agreement.Aggregator;
import dev.imago.agreement.Consensus;
import dev.imago.agreement.Judgements;
import dev.imago.agreement.LabellingReport;
import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnswerCheck;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.annotation.TaskKind;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Has rules and models propose answers of a project's items, which are shown as suggestions. What
/// several propose is joined by the label model, which estimates from where they agree and differ
/// how often each is right.
public final class Proposals {
  /// What several have proposed stands under this name.
  public static final String JOINED = "label model";

  /// One function.
  ///
  /// @param labels that it proposed
  /// @param coverage of all items (of spans: of all stretches that any of them marks) the share
  ///   that it labels; so with `overlap`, which another labels, too, and `conflict`, differently
  /// @param estimated how often it is right, by the label model; NaN of one function alone
  /// @param right of those that are known: gold, decided, or answered alike by people
  /// @param known of those that it labels
  public record Line(
      String name,
      List<String> labels,
      double coverage,
      double overlap,
      double conflict,
      double estimated,
      long right,
      long known) {}

  /// @param items that were read
  /// @param units what coverage is a share of
  /// @param proposed items that have a suggestion now, or would
  /// @param covered share of units that any labels
  public record Report(long items, long units, long proposed, double covered, List<Line> lines) {}

  private static final int TOGETHER = 500;

  private final LabelProject project;
  private final AnnotationTask task;
  private final List<String> names;
  private final boolean spans;
  private final List<LabellingFunction> functions;
  private final boolean dry;

  /// Of each unit: its item's number, and of spans where it stands.
  private long[] item = new long[1 << 10];

  private int[] from = new int[1 << 10];
  private int[] to = new int[1 << 10];
  private int units;

  /// Of each vote: its unit, function and label.
  private int[] unit = new int[1 << 10];

  private short[] function = new short[1 << 10];
  private short[] label = new short[1 << 10];
  private int votes;

  private long items;
  private long proposed;

  private Proposals(LabelProject project, List<LabellingFunction> functions, boolean dry) {
    this.project = project;
    this.task = project.task();
    this.names = task.labelNames();
    this.spans = task.kind() == TaskKind.SPANS;
    this.functions = functions;
    this.dry = dry;
  }

  /// @param dry whether nothing is to be written
  /// @throws ConfigException for a task that has no labels to propose
  public static Report run(LabelProject project, List<LabellingFunction> functions, boolean dry) {
    var proposals = new Proposals(project, functions, dry);
    if (!LabellingFunctions.serve(proposals.task.kind())) {
      throw new ConfigException(
          "task: %s has nothing that rules and models propose; choice, scale and spans have"
              .formatted(proposals.task.kind().label()));
    }
    return proposals.run();
  }

  private Report run() {
    int[] known = known();
    long last = -1;
    for (List<Numbered> page = page(last); !page.isEmpty(); page = page(last)) {
      take(page);
      last = page.getLast().number;
      items += page.size();
    }
    if (items == 0) {
      throw new InputException("the project «%s» has no item".formatted(project.name()));
    }
    Judgements judgements = judgements();
    Consensus consensus =
        functions.size() > 1 && votes > 0
            ? Aggregator.labelModel(Aggregator.Stopping.USUAL).of(judgements)
            : null;
    if (consensus != null) {
      join(consensus);
    } else if (functions.size() > 1) {
      write(List.of(), 0, Long.MAX_VALUE);
    }
    return report(judgements, consensus, known);
  }

  private record Numbered(long number, AnnotatedItem item, boolean gold) {}

  private List<Numbered> page(long after) {
    return project
        .state()
        .transaction(
            tx ->
                tx.list(
                    "select number, id, fields, is_gold from labelling.item where project = ? and"
                        + " number > ? order by number limit "
                        + TOGETHER,
                    row ->
                        new Numbered(
                            row.number("number"), LabelProject.item(row), row.flag("is_gold")),
                    project.name(),
                    after));
  }

  private void take(List<Numbered> page) {
    List<AnnotatedItem> read = page.stream().map(Numbered::item).toList();
    int[] unitOf = new int[page.size()];
    if (!spans) {
      for (int i = 0; i < unitOf.length; i++) {
        unitOf[i] = unit(page.get(i).number, 0, 0);
      }
    }
    List<Map<List<Integer>, Integer>> marked = new ArrayList<>();
    page.forEach(_ -> marked.add(new LinkedHashMap<>()));
    for (int f = 0; f < functions.size(); f++) {
      List<Optional<ItemProposer.Proposal>> all;
      try {
        all = functions.get(f).propose(read, spans);
      } catch (IllegalArgumentException e) {
        throw new InputException(
            "function %s, items «%s» to «%s»: %s"
                .formatted(
                    functions.get(f).name(),
                    read.getFirst().id(),
                    read.getLast().id(),
                    e.getMessage()),
            e);
      }
      List<@Nullable Object[]> direct = new ArrayList<>();
      for (int i = 0; i < page.size(); i++) {
        ItemProposer.Proposal of = all.get(i).orElse(null);
        if (of == null || AnswerCheck.fault(task, read.get(i), cleared(of.answer())).isPresent()) {
          continue;
        }
        LabelAnswer answer = cleared(of.answer());
        long number = page.get(i).number;
        for (MarkedSpan span : answer.spans()) {
          int at =
              marked
                  .get(i)
                  .computeIfAbsent(
                      List.of(span.from(), span.to()), _ -> unit(number, span.from(), span.to()));
          vote(at, f, names.indexOf(span.label()));
        }
        if (!spans) {
          vote(unitOf[i], f, names.indexOf(answer.labels().getFirst()));
        }
        if (functions.size() == 1 && !page.get(i).gold) {
          proposed++;
          direct.add(
              row(
                  LabelProject.json(answer, read.get(i).text()),
                  functions.getFirst().name(),
                  of.probability(),
                  number));
        }
      }
      if (functions.size() == 1) {
        write(direct, page.getFirst().number, page.getLast().number);
      }
    }
  }

  /// Where the task says that spans do not overlap, the longer of two stays.
  private LabelAnswer cleared(LabelAnswer answer) {
    if (!spans) {
      return answer;
    }
    List<MarkedSpan> sorted = new ArrayList<>(answer.spans());
    sorted.sort(Comparator.comparingInt((MarkedSpan s) -> s.from() - s.to()));
    List<MarkedSpan> kept = new ArrayList<>();
    for (MarkedSpan span : sorted) {
      boolean free =
          task.nested()
              ? !kept.contains(span)
              : kept.stream().noneMatch(k -> k.from() < span.to() && span.from() < k.to());
      if (free) {
        kept.add(span);
      }
    }
    return task.ordered(LabelAnswer.ofSpans(kept));
  }

  private int unit(long number, int begin, int end) {
    if (units == item.length) {
      item = Arrays.copyOf(item, 2 * units);
      from = Arrays.copyOf(from, 2 * units);
      to = Arrays.copyOf(to, 2 * units);
    }
    item[units] = number;
    from[units] = begin;
    to[units] = end;
    return units++;
  }

  private void vote(int of, int by, int given) {
    if (votes == unit.length) {
      unit = Arrays.copyOf(unit, 2 * votes);
      function = Arrays.copyOf(function, 2 * votes);
      label = Arrays.copyOf(label, 2 * votes);
    }
    unit[votes] = of;
    function[votes] = (short) by;
    label[votes++] = (short) given;
  }

  private Judgements judgements() {
    var builder = Judgements.builder(units, functions.size(), names.size());
    // Of spans one function may give a stretch two labels, where it is a model's; the first stands.
    long before = -1;
    for (int v = 0; v < votes; v++) {
      long key = (long) unit[v] * functions.size() + function[v];
      if (key != before) {
        builder.add(unit[v], function[v], label[v]);
      }
      before = key;
    }
    return builder.build();
  }

  private @Nullable Object[] row(String json, String by, double probability, long number) {
    return new @Nullable Object[] {
      json,
      by.length() > LabelProject.MOST_NAME ? by.substring(0, LabelProject.MOST_NAME) : by,
      Double.isNaN(probability) ? null : Math.round(probability * 1e6),
      project.name(),
      number
    };
  }

  /// In the place of what was proposed before for some items, once the new is there: whoever fails
  /// in between has taken nothing away. What a file brought along stays where nothing is proposed.
  private void write(List<@Nullable Object[]> rows, long first, long last) {
    if (dry) {
      return;
    }
    project
        .state()
        .transaction(
            tx -> {
              tx.update(
                  "update labelling.item set suggestion = null, suggested_by = null, suggested_ppm"
                      + " = null where project = ? and number >= ? and number <= ? and suggested_by"
                      + " is not null",
                  project.name(),
                  first,
                  last);
              return tx.updateAll(
                  "update labelling.item set suggestion = ?, suggested_by = ?, suggested_ppm = ?"
                      + " where project = ? and number = ? and is_gold = false",
                  rows);
            });
  }

  private void join(Consensus consensus) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    // Stretches of one item stand apart where several functions marked them.
    int[] order =
        IntStream.range(0, units)
            .boxed()
            .sorted(Comparator.comparingLong(u -> item[u]))
            .mapToInt(Integer::intValue)
            .toArray();
    long begun = 0;
    for (int u = 0; u < units; ) {
      int end = u + 1;
      while (end < units && item[order[end]] == item[order[u]]) {
        end++;
      }
      List<MarkedSpan> marked = new ArrayList<>();
      double probability = 1;
      LabelAnswer answer = LabelAnswer.NONE;
      for (int i = u; i < end; i++) {
        int each = order[i];
        int best = consensus.label(each);
        if (best < 0 || consensus.tied(each)) {
          continue;
        }
        probability *= consensus.probability(each, best);
        if (spans) {
          marked.add(new MarkedSpan(from[each], to[each], names.get(best)));
        } else {
          answer = LabelAnswer.ofLabels(List.of(names.get(best)));
        }
      }
      if (!marked.isEmpty()) {
        answer = cleared(LabelAnswer.ofSpans(marked));
      }
      if (!answer.isEmpty()) {
        proposed++;
        long number = item[order[u]];
        rows.add(row(json(answer, number), JOINED, probability, number));
      }
      u = end;
      if (rows.size() >= TOGETHER) {
        long last = item[order[end - 1]];
        write(rows, begun, last);
        begun = last + 1;
        rows.clear();
      }
    }
    write(rows, begun, Long.MAX_VALUE);
  }

  /// What is written of spans has their text with it.
  private String json(LabelAnswer answer, long number) {
    String text =
        spans ? project.state().transaction(tx -> project.itemText(tx, number)).orElse("") : "";
    return LabelProject.json(answer, text);
  }

  /// The label of each item, by its number, as far as it is known; -1 elsewhere. None of spans.
  private int[] known() {
    if (spans) {
      return new int[0];
    }
    return project
        .state()
        .transaction(
            tx -> {
              long n =
                  tx.number(
                      "select next_item from labelling.project where name = ?", project.name());
              int[] known = new int[Math.toIntExact(n)];
              Arrays.fill(known, -1);
              tx.each(
                  "select item, answer from labelling.answer where project = ? and skipped = false",
                  row -> {
                    int at = (int) row.number("item");
                    int given = number(row.text("answer"));
                    known[at] = known[at] == -1 || known[at] == given ? given : -2;
                  },
                  project.name());
              tx.each(
                  "select item, answer from labelling.decision where project = ?",
                  row -> known[(int) row.number("item")] = number(row.text("answer")),
                  project.name());
              tx.each(
                  "select number, gold from labelling.item where project = ? and is_gold = true",
                  row -> known[(int) row.number("number")] = number(row.text("gold")),
                  project.name());
              return known;
            });
  }

  private int number(String json) {
    List<String> labels = LabelProject.answer(json, "").labels();
    return labels.size() == 1 ? names.indexOf(labels.getFirst()) : -2;
  }

  private Report report(Judgements judgements, @Nullable Consensus consensus, int[] known) {
    LabellingReport table = LabellingReport.of(judgements);
    long[] right = new long[functions.size()];
    long[] tested = new long[functions.size()];
    for (int v = 0; v < votes && known.length > 0; v++) {
      int truth = known[(int) item[unit[v]]];
      if (truth >= 0) {
        tested[function[v]]++;
        right[function[v]] += truth == label[v] ? 1 : 0;
      }
    }
    List<Line> lines =
        IntStream.range(0, functions.size())
            .mapToObj(
                f -> {
                  LabellingReport.Line line = table.functions().get(f);
                  return new Line(
                      functions.get(f).name(),
                      line.labels().stream().map(names::get).toList(),
                      zero(line.coverage()),
                      zero(line.overlap()),
                      zero(line.conflict()),
                      consensus == null ? Double.NaN : consensus.competence(f),
                      right[f],
                      tested[f]);
                })
            .toList();
    return new Report(items, units, proposed, zero(table.covered()), lines);
  }

  /// Of no unit at all nothing is covered.
  private static double zero(double share) {
    return Double.isNaN(share) ? 0 : share;
  }
}
