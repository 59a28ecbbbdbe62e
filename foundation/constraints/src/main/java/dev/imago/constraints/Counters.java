package dev.imago.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How many children of an array or object have met each of some conditions. A count is kept as far
/// as it matters: up to what is enough, or one past what is too many.
final class Counters {
  /// A count that is settled and right.
  static final int SETTLED = -1;

  /// Conditions that split one child.
  private static final int MOST_SPLITS = 12;

  /// @param each what is counted
  record Counter(Formula each, int least, int most) {
    boolean right(int count) {
      return count == SETTLED || count >= least && count <= most;
    }

    /// The count after one more; SETTLED where more do not matter.
    int more(int count) {
      int next = count + 1;
      return most == Formula.ENDLESS && next >= least
          ? SETTLED
          : most == Formula.ENDLESS ? next : Math.min(next, most + 1);
    }

    int first() {
      return least == 0 && most == Formula.ENDLESS ? SETTLED : 0;
    }
  }

  /// One way that a child can be: what it meets, and the counts after it.
  record Way(Formula child, List<Integer> counts) {}

  private Counters() {}

  /// The ways of a child that meets `base`, for each choice of which of the counted conditions it
  /// meets; impossible ones, and those that make a count too high, are left out.
  ///
  /// @param relevant by counter, whether this child counts
  static List<Way> ways(
      Formula base,
      List<Counter> counters,
      boolean[] relevant,
      List<Integer> counts,
      Satisfiability sat) {
    Formulas formulas = sat.formulas();
    sat.spend(1 + relevant.length);
    List<Integer> split = new ArrayList<>();
    Integer[] after = counts.toArray(Integer[]::new);
    for (int i = 0; i < relevant.length; i++) {
      if (!relevant[i] || counts.get(i) == SETTLED) {
        continue;
      }
      if (counters.get(i).each() == formulas.anything) {
        after[i] = counters.get(i).more(counts.get(i));
        if (after[i] != SETTLED && after[i] > counters.get(i).most()) {
          return List.of();
        }
      } else {
        split.add(i);
      }
    }
    if (split.size() > MOST_SPLITS) {
      throw new ConstraintException(
          "more than %d conditions are counted over the same children; give fewer contains, not and if at one place"
              .formatted(MOST_SPLITS));
    }
    List<Way> ways = new ArrayList<>();
    for (int chosen = 0; chosen < 1 << split.size(); chosen++) {
      sat.spend(1 + after.length);
      Integer[] then = Arrays.copyOf(after, after.length);
      List<Formula> parts = new ArrayList<>(List.of(base));
      boolean tooMany = false;
      for (int k = 0; k < split.size(); k++) {
        int i = split.get(k);
        Counter counter = counters.get(i);
        if ((chosen >> k & 1) != 0) {
          parts.add(counter.each());
          then[i] = counter.more(counts.get(i));
          tooMany |= then[i] != SETTLED && then[i] > counter.most();
        } else {
          parts.add(formulas.not(counter.each()));
        }
      }
      if (!tooMany) {
        Formula child = formulas.and(parts);
        if (sat.possible(child)) {
          ways.add(new Way(child, List.of(then)));
        }
      }
    }
    return ways;
  }
}
