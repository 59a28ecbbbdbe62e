package dev.imago.vectors;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A model as fastText has it: words, hashed n-grams, and a matrix on each side. It gives a vector
/// for any word; [TextLabeller] tells labels by it. Immutable, and thread-safe.
public final class FastTextModel {
  /// ASCII's blanks, as fastText has them: others are a part of words.
  static final String BLANKS = " \t\n\r\f\0\u000b";

  /// Whether a character is one of them.
  static boolean isBlank(char c) {
    return c <= ' ' && (c == ' ' || c >= '\t' && c <= '\r' || c == 0);
  }

  private final FastTextHeader header;
  private final VectorVocabulary vocabulary;
  private final @Nullable Map<Integer, Integer> keptBuckets;
  private final RowMatrix input;
  private final RowMatrix output;

  /// @param keptBuckets which buckets a pruned model kept, and as which row; null where all are
  ///   there
  FastTextModel(
      FastTextHeader header,
      VectorVocabulary vocabulary,
      @Nullable Map<Integer, Integer> keptBuckets,
      RowMatrix input,
      RowMatrix output) {
    this.header = header;
    this.vocabulary = vocabulary;
    this.keptBuckets = keptBuckets;
    this.input = input;
    this.output = output;
  }

  public VectorVocabulary vocabulary() {
    return vocabulary;
  }

  public int dimension() {
    return header.dimension();
  }

  /// Whether it tells labels of texts.
  public boolean isSupervised() {
    return header.model() == FastTextHeader.SUPERVISED;
  }

  /// Whether its rows are told by centroids.
  public boolean isQuantized() {
    return input instanceof QuantizedMatrix;
  }

  /// Character n-grams of words: the shortest and the longest; 0 for none.
  public List<Integer> ngrams() {
    return List.of(header.shortest(), header.longest());
  }

  FastTextHeader header() {
    return header;
  }

  @Nullable Map<Integer, Integer> keptBuckets() {
    return keptBuckets;
  }

  RowMatrix input() {
    return input;
  }

  RowMatrix output() {
    return output;
  }

  /// Gives the row of a bucket, where it is there.
  void bucket(int bucket, IntConsumer to) {
    if (keptBuckets == null) {
      to.accept(vocabulary.words() + bucket);
    } else {
      Integer row = keptBuckets.get(bucket);
      if (row != null) {
        to.accept(vocabulary.words() + row);
      }
    }
  }

  /// Gives the rows of a word.
  ///
  /// @param id of the word; −1 of one that is not known
  void rows(String word, int id, IntConsumer to) {
    if (id >= 0) {
      to.accept(id);
    }
    header.subwords().each(word, bucket -> bucket(bucket, to));
  }

  /// The mean of a word's rows: its own and those of its n-grams. Empty where it has none.
  public Optional<float[]> vector(String word) {
    float[] sum = new float[VectorArithmetic.stride(dimension())];
    int[] count = {0};
    rows(
        word,
        vocabulary.id(word),
        row -> {
          input.addTo(row, sum, 1);
          count[0]++;
        });
    if (count[0] == 0) {
      return Optional.empty();
    }
    float[] vector = Arrays.copyOf(sum, dimension());
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= (float) (1.0 / count[0]);
    }
    return Optional.of(vector);
  }

  /// The vectors of all words.
  public WordVectors vectors() {
    int words = vocabulary.words();
    var rows = new SharedRows(words, dimension());
    java.util.stream.IntStream.range(0, words)
        .parallel()
        .forEach(
            word ->
                vector(vocabulary.word(word))
                    .ifPresent(
                        v ->
                            System.arraycopy(v, 0, rows.values(), word * rows.stride(), v.length)));
    return new WordVectors(vocabulary.wordList(), rows, this);
  }

  /// The words of a line.
  static StringTokenizer words(String line) {
    return new StringTokenizer(line, BLANKS);
  }
}
