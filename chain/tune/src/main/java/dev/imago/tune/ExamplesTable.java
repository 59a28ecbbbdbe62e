package dev.imago.tune;

import dev.imago.model.Output;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// What tuning is about to learn from, and what it is not: a table, before it begins.
///
/// @param train what trains, and what is set apart of it
record ExamplesTable(Encoded train, Output output) {
  /// Rows of the balance of labels; what is beyond them is one row.
  private static final int MOST_LABELS = 30;

  static final List<String> HEADER = List.of("", "to train on");

  List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    rows.add(row("rows", e -> number(e.examples())));
    for (String reason : train.leftOut().keySet()) {
      rows.add(row("left out: " + reason, e -> number(e.leftOut().getOrDefault(reason, 0))));
    }
    rows.add(row("cut", ExamplesTable::cut));
    if (train.betweenTokens() > 0) {
      rows.add(row("labels that begin or end in a token", e -> number(e.betweenTokens())));
    }
    rows.add(row("sequences", e -> number(e.sequences().size())));
    rows.add(row("tokens of one: median", e -> number(quantile(e, 0.5))));
    rows.add(row("95 of 100 have at most", e -> number(quantile(e, 0.95))));
    rows.add(row("the longest", e -> number(quantile(e, 1))));
    if (output instanceof Output.Embedding) {
      return rows;
    }
    rows.add(
        row(
            output instanceof Output.NextToken ? "tokens that are learned" : "labels",
            e -> number(e.sequences().stream().mapToLong(ExamplesTable::learned).sum())));
    balance(rows);
    return rows;
  }

  private List<String> row(String name, Function<Encoded, String> cell) {
    return List.of(name, cell.apply(train));
  }

  private void balance(List<List<String>> rows) {
    List<String> names = output.names();
    long[] train = counted(this.train, names.size());
    for (int i = 0; i < Math.min(names.size(), MOST_LABELS); i++) {
      rows.add(List.of("  " + names.get(i), share(this.train, train, i)));
    }
    if (names.size() > MOST_LABELS) {
      int more = names.size() - MOST_LABELS;
      rows.add(
          List.of(
              "  %,d more labels".formatted(more),
              number(Arrays.stream(train).skip(MOST_LABELS).sum())));
    }
  }

  private long[] counted(Encoded side, int names) {
    long[] counts = new long[names];
    for (Sequence one : side.sequences()) {
      if (one.values().length > 0) {
        count(one.values(), counts);
        continue;
      }
      for (int code : one.targets()) {
        int target = output instanceof Output.Dependencies && code >= 0 ? code % names : code;
        if (target >= 0 && target < names) {
          counts[target]++;
        }
      }
    }
    return counts;
  }

  /// Labels that are there; of steps the rank that they lead to; of a number nothing.
  private void count(float[] values, long[] counts) {
    if (!(output instanceof Output.Classes(_, Output.Problem problem))
        || problem == Output.Problem.NUMBER) {
      return;
    }
    int there = 0;
    for (int i = 0; i < values.length; i++) {
      boolean is = values[i] > 0;
      there += is ? 1 : 0;
      counts[i] += is && problem == Output.Problem.SEVERAL ? 1 : 0;
    }
    if (problem == Output.Problem.RANK) {
      counts[there]++;
    }
  }

  /// Of all labels; of the sequences, where each may have several or none.
  private String share(Encoded side, long[] counts, int label) {
    boolean several =
        output instanceof Output.Classes(_, Output.Problem problem)
            && problem == Output.Problem.SEVERAL;
    long all = several ? side.sequences().size() : Arrays.stream(counts).sum();
    return all == 0
        ? "0"
        : String.format(Locale.ROOT, "%,d (%.1f %%)", counts[label], 100.0 * counts[label] / all);
  }

  private static String cut(Encoded side) {
    return side.examples() == 0
        ? "0"
        : String.format(
            Locale.ROOT, "%,d (%.1f %%)", side.cut(), 100.0 * side.cut() / side.examples());
  }

  private static long learned(Sequence one) {
    return Arrays.stream(one.targets()).filter(t -> t != Sequence.IGNORED).count();
  }

  /// The least length that this share of the sequences does not pass; 0 of none.
  private static long quantile(Encoded side, double share) {
    int[] lengths = side.sequences().stream().mapToInt(Sequence::length).sorted().toArray();
    return lengths.length == 0
        ? 0
        : lengths[Math.max(0, (int) Math.ceil(share * lengths.length) - 1)];
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
