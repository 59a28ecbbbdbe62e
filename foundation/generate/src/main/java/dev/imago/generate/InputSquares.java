package dev.imago.generate;

import dev.imago.model.Parameter;
import dev.imago.tensor.CpuActivation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The squares of what a model's linear layers were given, column by column: an importance matrix,
/// which tells a quantiser what an error of each column costs.
public final class InputSquares {
  private static final class Sum {
    final double[] squares;
    long tokens;

    Sum(int columns) {
      squares = new double[columns];
    }
  }

  private final Map<String, Sum> sums = new HashMap<>();

  InputSquares() {}

  /// Adds the inputs of matrices stacked by rows.
  void add(List<Parameter> matrices, CpuActivation x) {
    int columns = x.columns();
    for (Parameter matrix : matrices) {
      Sum sum = sums.computeIfAbsent(matrix.tiedTo().orElse(matrix.name()), _ -> new Sum(columns));
      for (int i = 0; i < x.rows() * columns; i++) {
        sum.squares[i % columns] += (double) x.data()[i] * x.data()[i];
      }
      sum.tokens += x.rows();
    }
  }

  /// The mean square of each column of each matrix, by its name in Hugging Face's files; a
  /// thousandth of the matrix's mean at least, so that no column is free to be anything.
  public Map<String, float[]> means() {
    var to = new HashMap<String, float[]>();
    sums.forEach(
        (name, sum) -> {
          double all = 0;
          for (double square : sum.squares) {
            all += square / sum.squares.length;
          }
          float[] means = new float[sum.squares.length];
          for (int i = 0; i < means.length; i++) {
            means[i] = all == 0 ? 1 : (float) (Math.max(sum.squares[i], all / 1000) / sum.tokens);
          }
          to.put(name, means);
        });
    return to;
  }
}
