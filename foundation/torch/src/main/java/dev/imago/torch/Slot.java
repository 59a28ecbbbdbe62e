package dev.imago.torch;

import dev.imago.tensor.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The place of one weight: one matrix, several stacked by rows, or a vector.
///
/// @param index in its layout
/// @param names of the parts, from the first row on
/// @param rows of each part; a vector's length
/// @param columns of all parts; 0 for a vector
/// @param group how it is trained
/// @param adapter what is added to its products, where it has one
/// @param held the type of blocks that a frozen matrix lies in, and is expanded from for each
///   product; null for floats
public record Slot(
    int index,
    List<String> names,
    List<Integer> rows,
    int columns,
    Group group,
    @Nullable Adapter adapter,
    @Nullable DataType held) {
  public Slot {
    names = List.copyOf(names);
    rows = List.copyOf(rows);
  }

  int height() {
    return rows.stream().mapToInt(Integer::intValue).sum();
  }

  long size() {
    return (long) height() * Math.max(1, columns);
  }

  boolean matrix() {
    return columns > 0;
  }

  long[] shape() {
    return matrix() ? new long[] {height(), columns} : new long[] {height()};
  }
}
