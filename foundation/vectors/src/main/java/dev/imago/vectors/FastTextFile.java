package dev.imago.vectors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// fastText's files, `.bin` and quantised `.ftz`, of versions 11 and 12: little-endian, a magic
/// number, the header, words and labels, and the two matrices.
public final class FastTextFile {
  static final int MAGIC = 793712314;
  static final int VERSION = 12;
  private static final int LONGEST_WORD = 1 << 20;

  /// A word's count, its kind and the zero after it.
  private static final int BYTES_OF_ENTRY = 10;

  private FastTextFile() {}

  /// @throws IllegalArgumentException where the file is no such model, or broken
  public static FastTextModel read(Path file) {
    try (var in = new BoundedInput(file)) {
      if (in.left() < 72 || in.getInt() != MAGIC) {
        throw in.broken("it does not begin as a fastText model does");
      }
      int version = in.getInt();
      if (version < 11 || version > VERSION) {
        throw in.broken("its version is %d, and 11 and 12 are read".formatted(version));
      }
      FastTextHeader header = header(in, version);
      int size = in.count(in.getInt(), in.left() / BYTES_OF_ENTRY, "the number of entries");
      int words = in.count(in.getInt(), size, "the number of words");
      int labels = in.count(in.getInt(), size, "the number of labels");
      if (words + labels != size) {
        throw in.broken("%d words and %d labels are not %d".formatted(words, labels, size));
      }
      long tokens = in.getLong();
      long kept = in.getLong();
      List<String> entries = new ArrayList<>(size);
      long[] counts = new long[size];
      long labelled = 0;
      for (int i = 0; i < size; i++) {
        entries.add(in.text(0, LONGEST_WORD, "a word"));
        counts[i] = in.getLong();
        if (counts[i] < (i < words ? 0 : 1) || counts[i] > HuffmanTree.MORE_THAN_ANY) {
          throw in.broken("entry %d has a count of %,d".formatted(i, counts[i]));
        }
        labelled += i < words ? 0 : counts[i];
        if (labelled >= HuffmanTree.MORE_THAN_ANY) {
          throw in.broken("the labels' counts come to %,d".formatted(labelled));
        }
        int kind = in.getByte();
        if (kind != (i < words ? 0 : 1)) {
          throw in.broken("entry %d is of kind %d: words come before labels".formatted(i, kind));
        }
      }
      Map<Integer, Integer> buckets = kept < 0 ? null : buckets(in, kept, header.buckets());
      boolean quantized = in.getBoolean();
      RowMatrix input = matrix(in, quantized, header.dimension());
      long rows = words + (buckets == null ? header.buckets() : (long) buckets.size());
      if (input.rows() != rows) {
        throw in.broken("the input has %,d rows in place of %,d".formatted(input.rows(), rows));
      }
      boolean quantizedOutput = in.getBoolean();
      RowMatrix output = matrix(in, quantized && quantizedOutput, header.dimension());
      int targets = header.model() == FastTextHeader.SUPERVISED ? labels : words;
      if (output.rows() != targets) {
        throw in.broken("the output has %,d rows for %,d".formatted(output.rows(), targets));
      }
      if (in.left() != 0) {
        throw in.broken("%,d bytes are left over".formatted(in.left()));
      }
      return new FastTextModel(
          header, new VectorVocabulary(entries, counts, words, tokens), buckets, input, output);
    }
  }

  private static FastTextHeader header(BoundedInput in, int version) {
    var read =
        new FastTextHeader(
            in.count(in.getInt(), 1 << 16, "the dimension"),
            in.getInt(),
            in.getInt(),
            in.getInt(),
            in.getInt(),
            in.count(in.getInt(), 1 << 16, "word n-grams"),
            in.getInt(),
            in.getInt(),
            in.count(in.getInt(), Integer.MAX_VALUE, "buckets"),
            in.count(in.getInt(), 1 << 16, "the shortest n-gram"),
            in.count(in.getInt(), 1 << 16, "the longest n-gram"),
            in.getInt(),
            in.getDouble());
    if (read.dimension() < 1
        || read.loss() < 1
        || read.loss() > OutputLoss.values().length
        || read.model() < 1
        || read.model() > FastTextHeader.SUPERVISED) {
      throw in.broken(
          "dimension %d, loss %d or model %d is none that there is"
              .formatted(read.dimension(), read.loss(), read.model()));
    }
    if (read.longest() > 0 && read.buckets() == 0) {
      throw in.broken("n-grams are told of, and no bucket for them");
    }
    // Models of version 11 with labels have no n-grams of characters, whatever they say.
    return version == 11 && read.model() == FastTextHeader.SUPERVISED
        ? new FastTextHeader(
            read.dimension(),
            read.window(),
            read.epochs(),
            read.minimumCount(),
            read.negatives(),
            read.wordNgrams(),
            read.loss(),
            read.model(),
            read.buckets(),
            read.shortest(),
            0,
            read.updateRate(),
            read.subsample())
        : read;
  }

  private static Map<Integer, Integer> buckets(BoundedInput in, long kept, int buckets) {
    int size = in.count(kept, in.left() / 8, "the number of kept n-grams");
    Map<Integer, Integer> rows = LinkedHashMap.newLinkedHashMap(size);
    for (int i = 0; i < size; i++) {
      int bucket = in.count(in.getInt(), buckets, "a kept n-gram");
      int row = in.count(in.getInt(), size - 1L, "its row");
      if (rows.put(bucket, row) != null) {
        throw in.broken("n-gram %d is kept twice".formatted(bucket));
      }
    }
    return rows;
  }

  private static RowMatrix matrix(BoundedInput in, boolean quantized, int dimension) {
    boolean scaled = quantized && in.getBoolean();
    long rows = in.getLong();
    long columns = in.getLong();
    if (columns != dimension) {
      throw in.broken("a matrix has %,d columns in place of %d".formatted(columns, dimension));
    }
    if (quantized) {
      return quantized(in, rows, dimension, scaled);
    }
    int count = in.count(rows, in.left() / (4L * dimension), "the number of rows");
    var read = new SharedRows(count, dimension);
    for (int r = 0; r < count; r++) {
      in.floats(read.values(), r * read.stride(), dimension);
    }
    return DenseMatrix.of(read);
  }

  private static QuantizedMatrix quantized(
      BoundedInput in, long rows, int dimension, boolean scaled) {
    int count = in.count(rows, in.left(), "the number of rows");
    int size = in.count(Integer.toUnsignedLong(in.getInt()), in.left(), "the number of codes");
    byte[] codes = in.bytes(size, "codes");
    ProductQuantizer parts = quantizer(in);
    if (parts.dimension() != dimension || (long) count * parts.parts() != size) {
      throw in.broken(
          "%,d codes are not %,d rows of %d parts".formatted(size, count, parts.parts()));
    }
    byte[] lengths = null;
    ProductQuantizer ofLengths = null;
    if (scaled) {
      lengths = in.bytes(count, "lengths");
      ofLengths = quantizer(in);
      if (ofLengths.dimension() != 1) {
        throw in.broken("a length has %d numbers".formatted(ofLengths.dimension()));
      }
    }
    return new QuantizedMatrix(count, dimension, codes, parts, lengths, ofLengths);
  }

  private static ProductQuantizer quantizer(BoundedInput in) {
    int dimension = in.count(in.getInt(), in.left() / 1024, "a quantiser's dimension");
    int parts = in.count(in.getInt(), dimension, "its parts");
    int size = in.count(in.getInt(), dimension, "a part's columns");
    int last = in.count(in.getInt(), size, "the last part's columns");
    if (dimension < 1 || parts < 1 || last < 1 || (parts - 1L) * size + last != dimension) {
      throw in.broken("%d parts of %d columns are not %d".formatted(parts, size, dimension));
    }
    float[] centroids = new float[dimension * ProductQuantizer.CENTROIDS];
    in.floats(centroids, 0, centroids.length);
    return new ProductQuantizer(dimension, parts, size, last, centroids);
  }

  /// Writes a model as fastText reads it.
  public static void write(FastTextModel model, Path file) {
    try (var out = new LittleEndianOutput(file)) {
      out.putInt(MAGIC);
      out.putInt(VERSION);
      FastTextHeader header = model.header();
      out.putInt(header.dimension());
      out.putInt(header.window());
      out.putInt(header.epochs());
      out.putInt(header.minimumCount());
      out.putInt(header.negatives());
      out.putInt(header.wordNgrams());
      out.putInt(header.loss());
      out.putInt(header.model());
      out.putInt(header.buckets());
      out.putInt(header.shortest());
      out.putInt(header.longest());
      out.putInt(header.updateRate());
      out.putDouble(header.subsample());
      words(model, out);
      out.putByte(model.isQuantized() ? 1 : 0);
      matrix(model.input(), out);
      out.putByte(model.output() instanceof QuantizedMatrix ? 1 : 0);
      matrix(model.output(), out);
    }
  }

  private static void words(FastTextModel model, LittleEndianOutput out) {
    VectorVocabulary words = model.vocabulary();
    Map<Integer, Integer> kept = model.keptBuckets();
    out.putInt(words.words() + words.labels());
    out.putInt(words.words());
    out.putInt(words.labels());
    out.putLong(words.tokens());
    out.putLong(kept == null ? -1 : kept.size());
    for (int i = 0; i < words.words() + words.labels(); i++) {
      boolean label = i >= words.words();
      out.putText(label ? words.label(i - words.words()) : words.word(i));
      out.putByte(0);
      out.putLong(words.count(i));
      out.putByte(label ? 1 : 0);
    }
    if (kept != null) {
      kept.forEach(
          (bucket, row) -> {
            out.putInt(bucket);
            out.putInt(row);
          });
    }
  }

  private static void matrix(RowMatrix matrix, LittleEndianOutput out) {
    switch (matrix) {
      case DenseMatrix dense -> {
        out.putLong(dense.rows());
        out.putLong(dense.columns());
        for (int r = 0; r < dense.rows(); r++) {
          out.putFloats(dense.values(), r * dense.stride(), dense.columns());
        }
      }
      case QuantizedMatrix codes -> {
        out.putByte(codes.lengths() == null ? 0 : 1);
        out.putLong(codes.rows());
        out.putLong(codes.columns());
        out.putInt(codes.codes().length);
        out.putBytes(codes.codes());
        quantizer(codes.parts(), out);
        if (codes.lengths() != null) {
          out.putBytes(codes.lengths());
          quantizer(codes.ofLengths(), out);
        }
      }
    }
  }

  private static void quantizer(@Nullable ProductQuantizer quantizer, LittleEndianOutput out) {
    if (quantizer != null) {
      out.putInt(quantizer.dimension());
      out.putInt(quantizer.parts());
      out.putInt(quantizer.size());
      out.putInt(quantizer.last());
      out.putFloats(quantizer.centroids(), 0, quantizer.centroids().length);
    }
  }
}
