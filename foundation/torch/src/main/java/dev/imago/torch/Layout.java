package dev.imago.torch;

import java.util.ArrayList;
import java.util.List;

/// The order of a model's weights in one flat array: matrices first, then vectors, so that weight
/// decay, which spares the vectors, is one range.
public final class Layout {
  private final List<Slot> slots = new ArrayList<>();

  /// Adds a weight. Its signature is that of a model's source of weights.
  ///
  /// @param names of the parts that are stacked by rows
  /// @param rows of each part
  /// @param columns of all parts; 0 for a vector
  public Slot add(List<String> names, List<Integer> rows, int columns) {
    Slot slot = new Slot(slots.size(), names, rows, columns);
    slots.add(slot);
    return slot;
  }

  public List<Slot> slots() {
    return List.copyOf(slots);
  }

  /// Numbers in all.
  public long size() {
    return slots.stream().mapToLong(Slot::size).sum();
  }

  /// Numbers in matrices: the range of weight decay is 0 … this.
  long matrixSize() {
    return slots.stream().filter(Slot::matrix).mapToLong(Slot::size).sum();
  }

  /// Where each slot begins.
  long[] offsets() {
    long[] offsets = new long[slots.size()];
    long at = 0;
    for (boolean matrix : new boolean[] {true, false}) {
      for (Slot slot : slots) {
        if (slot.matrix() == matrix) {
          offsets[slot.index()] = at;
          at += slot.size();
        }
      }
    }
    return offsets;
  }
}
