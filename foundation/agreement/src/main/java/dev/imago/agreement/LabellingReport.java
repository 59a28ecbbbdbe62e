package dev.imago.agreement;

import java.util.ArrayList;
import java.util.List;

/// What labelling functions do to some items: the table by which weak supervision is judged. A
/// function is a rater; where it abstains it gave no label.
///
/// @param covered the share of items that at least one labels
/// @param functions one line each
/// @param conflicts [function × function]: the share of items that both label, differently
public record LabellingReport(double covered, List<Line> functions, double[][] conflicts) {
  /// All but the last are shares of all items.
  ///
  /// @param coverage which it labels
  /// @param overlap which it and another label
  /// @param conflict which it and another label differently
  /// @param labels which labels it gave, by number
  public record Line(double coverage, double overlap, double conflict, List<Integer> labels) {}

  public static LabellingReport of(Judgements judgements) {
    int n = judgements.raters();
    double items = judgements.items();
    double[] coverage = new double[n];
    double[] overlap = new double[n];
    double[] conflict = new double[n];
    boolean[][] gave = new boolean[n][judgements.labels()];
    double[][] conflicts = new double[n][n];
    int covered = 0;
    for (int item = 0; item < judgements.items(); item++) {
      int from = judgements.from(item);
      int to = judgements.to(item);
      covered += to > from ? 1 : 0;
      for (int i = from; i < to; i++) {
        int rater = judgements.rater(i);
        boolean differs = false;
        gave[rater][judgements.label(i)] = true;
        coverage[rater] += 1 / items;
        overlap[rater] += to - from > 1 ? 1 / items : 0;
        for (int j = from; j < to; j++) {
          if (judgements.label(i) != judgements.label(j)) {
            differs = true;
            conflicts[rater][judgements.rater(j)] += 1 / items;
          }
        }
        conflict[rater] += differs ? 1 / items : 0;
      }
    }
    var lines = new ArrayList<Line>(n);
    for (int r = 0; r < n; r++) {
      boolean[] of = gave[r];
      lines.add(
          new Line(
              coverage[r],
              overlap[r],
              conflict[r],
              java.util.stream.IntStream.range(0, of.length).filter(l -> of[l]).boxed().toList()));
    }
    return new LabellingReport(covered / items, List.copyOf(lines), conflicts);
  }
}
