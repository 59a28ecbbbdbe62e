package dev.imago.training;

import dev.imago.core.ConfigException;
import dev.imago.model.ModelShape;
import dev.imago.model.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Tokens that a model's vocabulary did not have before: how their rows begin in the embedding, and
/// in a last layer that is not tied to it. Hewitt 2021, «Initializing New Word Embeddings for
/// Pretrained Language Models»: as the mean of the others they take no probability away from what
/// the model has learned.
///
/// *V rows, D width.*
///
/// @param known ids that the vocabulary had, whose mean a new row begins as
/// @param pieces by new ids: the ids whose mean the row begins as in its place; none for that of
///   all
public record NewTokens(int known, Map<Integer, List<Integer>> pieces) {
  /// The vocabulary stays as it is.
  public static final NewTokens NONE = new NewTokens(0, Map.of());

  public NewTokens {
    pieces = Map.copyOf(pieces);
  }

  /// The rows that a model needs for them.
  ///
  /// @param rows that it has
  public int rows(int rows) {
    return pieces.keySet().stream().mapToInt(id -> id + 1).reduce(rows, Math::max);
  }

  /// The parameters of a model that a file has numbers for, with as many rows as this shape has.
  Map<String, Parameter> kept(ModelShape there, ModelShape shape) {
    var to = new TreeMap<String, Parameter>();
    there.parameters().stream().filter(p -> !p.tied()).forEach(p -> to.put(p.name(), p));
    int before = there.vocabularySize();
    int rows = shape.vocabularySize();
    for (Parameter p : shape.parameters()) {
      Parameter own = to.get(p.name());
      if (own != null && own.rows() == before && own.ofRows(rows).equals(p)) {
        to.put(p.name(), p);
      }
    }
    return to;
  }

  /// Refuses what an adapter has no place for: numbers of each token outside the tables.
  ///
  /// @throws ConfigException naming them
  void checkAdapted(ModelShape there, Map<String, Parameter> kept, Set<String> tables) {
    for (Parameter p : there.parameters()) {
      Parameter now = kept.get(p.name());
      if (now != null && now.rows() > p.rows() && !tables.contains(p.name())) {
        throw new ConfigException(
            "tune.addTokens: an adapter has no place for what «%s» gets more; leave tune.adapter out, and all weights train"
                .formatted(p.name()));
      }
    }
  }

  /// A table's numbers, or a vector's, with what is new of it.
  ///
  /// @param values as the file has them
  /// @param p with its new number of rows
  /// @param table whether it has a row for each token
  float[] in(float[] values, Parameter p, boolean table) {
    int width = Math.max(1, p.columns());
    int before = values.length / width;
    if (before == p.rows() && (!table || pieces.isEmpty())) {
      return values;
    }
    float[] to = Arrays.copyOf(values, p.rows() * width);
    float[] mean = mean(values, width, IntStream.range(0, usual(before)).toArray());
    for (int row = before; row < p.rows(); row++) {
      System.arraycopy(mean, 0, to, row * width, width);
    }
    pieces.forEach(
        (id, of) -> {
          int[] own = of.stream().mapToInt(Integer::intValue).filter(i -> i < before).toArray();
          float[] row = own.length == 0 ? mean : mean(values, width, own);
          System.arraycopy(row, 0, to, id * width, width);
        });
    return to;
  }

  /// Rows to spare have learned nothing.
  private int usual(int rows) {
    return known == 0 ? rows : Math.min(known, rows);
  }

  private static float[] mean(float[] values, int width, int[] rows) {
    var sums = new double[width];
    for (int row : rows) {
      for (int c = 0; c < width; c++) {
        sums[c] += values[row * width + c];
      }
    }
    var to = new float[width];
    for (int c = 0; c < width; c++) {
      to[c] = (float) (sums[c] / rows.length);
    }
    return to;
  }
}
