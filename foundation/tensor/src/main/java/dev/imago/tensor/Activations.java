package dev.imago.tensor;

import java.util.ArrayList;
import java.util.List;

/// The activations of one step after another, in the same arrays: what a step of a block computed
/// is gone when the block has given its result, and what the step computed when the next one
/// begins.
///
/// A stack, so the same steps take the same arrays: a token that follows others makes nothing anew.
final class Activations {
  private final List<CpuActivation> made = new ArrayList<>();
  private int used;

  /// Numbers for a result, with whatever was in them before.
  CpuActivation take(int rows, int columns) {
    if (used == made.size()) {
      made.add(CpuActivation.zeros(rows, columns));
    }
    CpuActivation one = made.get(used);
    if (one.rows() != rows || one.columns() != columns) {
      int size = Math.multiplyExact(rows, columns);
      one =
          size <= one.data().length
              ? new CpuActivation(one.data(), rows, columns)
              : CpuActivation.zeros(rows, columns);
      made.set(used, one);
    }
    used++;
    return one;
  }

  /// How many are taken.
  int mark() {
    return used;
  }

  /// Gives back all that were taken since a mark, but for what is in one of them.
  ///
  /// @param result one of them, or of those before
  /// @return the result, where the first of them was
  CpuActivation release(int mark, CpuActivation result) {
    for (int i = 0; i < mark; i++) {
      if (made.get(i) == result) { // a block that gives what it was given
        used = mark;
        return result;
      }
    }
    used = mark;
    CpuActivation to = take(result.rows(), result.columns());
    if (to != result) {
      System.arraycopy(result.data(), 0, to.data(), 0, result.rows() * result.columns());
    }
    return to;
  }

  /// Gives back all.
  void clear() {
    used = 0;
  }
}
