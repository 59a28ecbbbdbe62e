package dev.imago.vectors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes a classifier small, as fastText's `quantize` does: rows of little length are left out, and
/// what is left is told by centroids.
public final class Quantizing {
  private Quantizing() {}

  /// A model of fewer bytes.
  ///
  /// @param cutoff words and n-grams that are kept, those of the longest rows; 0 for all
  /// @param part columns that one byte tells
  /// @param lengths whether a row's length is told apart
  /// @param outputToo whether the labels' rows are told by centroids too: from 256 labels on
  /// @throws IllegalArgumentException for word vectors, for a model that is small already, and
  ///   where fewer than 256 rows are left
  public static FastTextModel quantized(
      FastTextModel model, int cutoff, int part, boolean lengths, boolean outputToo, long seed) {
    if (!model.isSupervised() || !(model.input() instanceof DenseMatrix input)) {
      throw new IllegalArgumentException(
          model.isSupervised()
              ? "the model is quantised already; take the one that it was made from"
              : "the model has word vectors and no labels, and fastText's files know quantised ones"
                  + " of labels only");
    }
    if (part < 1 || part > model.dimension()) {
      throw new IllegalArgumentException(
          "columns of a part = %d are outside 1 … %d; 2 is usual"
              .formatted(part, model.dimension()));
    }
    if (!(model.output() instanceof DenseMatrix output)) {
      throw new IllegalArgumentException("the labels are quantised already");
    }
    FastTextModel cut = model;
    if (cutoff > 0 && cutoff < input.rows()) {
      cut = cut(model, input, cutoff);
    }
    RowMatrix labels = outputToo ? QuantizedMatrix.of(output, 2, lengths, seed + 1) : output;
    return new FastTextModel(
        cut.header(),
        cut.vocabulary(),
        cut.keptBuckets(),
        QuantizedMatrix.of((DenseMatrix) cut.input(), part, lengths, seed),
        labels);
  }

  private static FastTextModel cut(FastTextModel model, DenseMatrix input, int cutoff) {
    VectorVocabulary words = model.vocabulary();
    int end = words.id(Subwords.END_OF_LINE);
    float[] norms = new float[input.rows()];
    Integer[] order = new Integer[input.rows()];
    for (int r = 0; r < order.length; r++) {
      order[r] = r;
      norms[r] =
          r == end
              ? Float.POSITIVE_INFINITY
              : WordVectors.length(input.values(), r * input.stride(), input.columns());
    }
    Arrays.sort(order, (a, b) -> Float.compare(norms[b], norms[a]));
    int[] kept = Arrays.stream(order, 0, cutoff).mapToInt(Integer::intValue).sorted().toArray();
    List<String> entries = new ArrayList<>();
    var counts = new ArrayList<Long>();
    Map<Integer, Integer> buckets = new LinkedHashMap<>();
    var rows = new SharedRows(cutoff, input.columns());
    for (int i = 0; i < cutoff; i++) {
      System.arraycopy(
          input.values(),
          kept[i] * input.stride(),
          rows.values(),
          i * rows.stride(),
          rows.stride());
      if (kept[i] < words.words()) {
        entries.add(words.word(kept[i]));
        counts.add(words.count(kept[i]));
      } else {
        buckets.put(kept[i] - words.words(), buckets.size());
      }
    }
    int left = entries.size();
    for (int label = 0; label < words.labels(); label++) {
      entries.add(words.label(label));
      counts.add(words.labelCount(label));
    }
    return new FastTextModel(
        model.header(),
        new VectorVocabulary(
            entries, counts.stream().mapToLong(Long::longValue).toArray(), left, words.tokens()),
        buckets,
        DenseMatrix.of(rows),
        model.output());
  }
}
