package dev.imago.torch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/// The parameters of a layout one by one, as Hugging Face names them: what updates take that look
/// at a whole matrix.
final class Parts {
  private Parts() {}

  /// One parameter.
  ///
  /// @param from in the flat array
  /// @param rows of a matrix; a vector's length
  /// @param columns 0 for a vector
  record Part(long from, int rows, int columns, Group group) {
    long size() {
      return (long) rows * Math.max(1, columns);
    }

    boolean matrix() {
      return columns > 0;
    }

    /// Its place in an array, in its shape.
    Tensor of(Tensor flat) {
      Tensor own = flat.narrow(0, from, size());
      return matrix() ? own.view(rows, columns) : own;
    }
  }

  /// What trains, in the order of the slots.
  static List<Part> of(Layout layout, Predicate<Slot> which) {
    var parts = new ArrayList<Part>();
    long[] offsets = layout.offsets();
    for (Slot slot : layout.slots()) {
      if (!slot.group().trains() || !which.test(slot)) {
        continue;
      }
      long at = offsets[slot.index()];
      for (int rows : slot.rows()) {
        Part part = new Part(at, rows, slot.columns(), slot.group());
        parts.add(part);
        at += part.size();
      }
    }
    return parts;
  }

  /// Who does which, the dearest first to whoever has least: the same for the same layout.
  ///
  /// @return the indexes of each worker
  static List<List<Integer>> shared(List<Part> parts, ToDoubleFunction<Part> cost, int workers) {
    var shares = new ArrayList<List<Integer>>();
    for (int w = 0; w < workers; w++) {
      shares.add(new ArrayList<>());
    }
    double[] load = new double[workers];
    var order = new ArrayList<Integer>();
    for (int i = 0; i < parts.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble((Integer i) -> -cost.applyAsDouble(parts.get(i))));
    for (int i : order) {
      int least = 0;
      for (int w = 1; w < workers; w++) {
        least = load[w] < load[least] ? w : least;
      }
      shares.get(least).add(i);
      load[least] += cost.applyAsDouble(parts.get(i));
    }
    return shares;
  }
}
