package dev.imago.model;

import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What an adapter makes of one parameter, whose numbers the operations take as [out,in] or
/// [length].
public sealed interface AdapterChange {
  /// W + scale · up · down; with magnitudes each row of it at its own length.
  ///
  /// @param up [out,r]
  /// @param down [r,in]
  /// @param magnitude [out], of DoRA
  record LowRank(HostTensor up, HostTensor down, double scale, @Nullable HostTensor magnitude)
      implements AdapterChange {}

  /// Factors of columns, of rows, or of a bias's numbers.
  ///
  /// @param columns whether each column has one, or each row
  record Factors(HostTensor factors, boolean columns) implements AdapterChange {}

  /// Other rows of a table, such as the embeddings of some tokens; also such as the table ends
  /// before, which it grows by.
  ///
  /// @param ids which
  /// @param values [n,D]
  record Rows(List<Integer> ids, HostTensor values) implements AdapterChange {
    public Rows {
      ids = List.copyOf(ids);
    }

    /// Whether a table of so many rows has with these as many as it should.
    boolean completes(long[] table, long[] whole) {
      return table.length == 2
          && table[1] == whole[1]
          && table[0] <= whole[0]
          && whole[0] - table[0] <= ids.size()
          && LongStream.range(table[0], whole[0]).allMatch(id -> ids.contains((int) id));
    }
  }

  /// Other numbers in their place.
  ///
  /// @param values as the file holds them
  record Replaced(HostTensor values) implements AdapterChange {}

  /// The changed numbers in F32.
  ///
  /// @param base the parameter's, as the operations take them
  default HostTensor of(HostTensor base) {
    return switch (this) {
      case Replaced(HostTensor values) -> values;
      case Rows(List<Integer> ids, HostTensor values) -> replaced(base, ids, values.toFloats());
      case Factors(HostTensor factors, boolean columns) ->
          scaled(base, factors.toFloats(), columns);
      case LowRank own -> merged(base, own);
    };
  }

  private static HostTensor replaced(HostTensor base, List<Integer> ids, float[] rows) {
    int width = rows.length / ids.size();
    int height = ids.stream().mapToInt(id -> id + 1).reduce((int) base.shape()[0], Math::max);
    float[] values = Arrays.copyOf(base.toFloats(), height * width);
    for (int i = 0; i < ids.size(); i++) {
      System.arraycopy(rows, i * width, values, ids.get(i) * width, width);
    }
    return tensor(values, height, width);
  }

  private static HostTensor scaled(HostTensor base, float[] factors, boolean columns) {
    float[] values = base.toFloats();
    long[] shape = base.shape();
    int width = shape.length == 2 ? (int) shape[1] : 1;
    for (int i = 0; i < values.length; i++) {
      values[i] *= factors[columns ? i % width : i / width];
    }
    return tensor(values, shape);
  }

  private static HostTensor merged(HostTensor base, LowRank own) {
    long[] shape = base.shape();
    float[] values = base.toFloats();
    add(
        values,
        (int) shape[0],
        (int) shape[1],
        own.up.toFloats(),
        own.down.toFloats(),
        own.scale,
        own.magnitude == null ? null : own.magnitude.toFloats());
    return tensor(values, shape);
  }

  /// Adds scale · up · down to a matrix in place, and gives its rows their lengths.
  ///
  /// @param values [rows,columns]
  /// @param up [rows,r]
  /// @param down [r,columns]
  /// @param magnitude [rows], of DoRA
  static void add(
      float[] values,
      int rows,
      int columns,
      float[] up,
      float[] down,
      double scale,
      float @Nullable [] magnitude) {
    int rank = up.length / rows;
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            r -> {
              int at = r * columns;
              for (int k = 0; k < rank; k++) {
                float factor = (float) (scale * up[r * rank + k]);
                int from = k * columns;
                for (int c = 0; c < columns; c++) {
                  values[at + c] += factor * down[from + c];
                }
              }
              if (magnitude != null) {
                double squares = 0;
                for (int c = 0; c < columns; c++) {
                  squares += (double) values[at + c] * values[at + c];
                }
                float length = (float) (magnitude[r] / Math.sqrt(squares));
                for (int c = 0; c < columns; c++) {
                  values[at + c] *= length;
                }
              }
            });
  }

  /// Outside the heap, which a whole model would fill.
  private static HostTensor tensor(float[] values, long... shape) {
    MemorySegment memory = Arena.ofAuto().allocate(4L * values.length, 64);
    MemorySegment.copy(
        values,
        0,
        memory,
        ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN),
        0,
        values.length);
    return new HostTensor(DataType.F32, shape, memory);
  }
}
