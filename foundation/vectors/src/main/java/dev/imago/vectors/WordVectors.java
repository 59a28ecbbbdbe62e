package dev.imago.vectors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/// A vector for each of some words; where a fastText model stands behind, for any word. Likeness is
/// the cosine. Immutable, and thread-safe.
public final class WordVectors {
  /// A word and how like it is.
  public record Neighbour(String word, float similarity) {}

  private final List<String> words;
  private final Map<String, Integer> ids;
  private final SharedRows rows;
  private final SharedRows unit;
  private final @Nullable FastTextModel model;

  WordVectors(List<String> words, SharedRows rows, @Nullable FastTextModel model) {
    this.words = List.copyOf(words);
    this.rows = rows;
    this.model = model;
    this.ids = HashMap.newHashMap(words.size());
    this.unit = new SharedRows(rows.rows(), rows.dimension());
    for (int id = 0; id < words.size(); id++) {
      ids.putIfAbsent(words.get(id), id);
      int at = id * rows.stride();
      float length = length(rows.values(), at, rows.dimension());
      if (length > 0) {
        VectorArithmetic.add(unit.values(), at, 1 / length, rows.values(), at, rows.stride());
      }
    }
  }

  /// Vectors from elsewhere.
  ///
  /// @param vectors of the words, of one length
  public static WordVectors of(List<String> words, List<float[]> vectors) {
    if (words.size() != vectors.size() || words.isEmpty()) {
      throw new IllegalArgumentException(
          "%d words with %d vectors; give as many of each, and one at least"
              .formatted(words.size(), vectors.size()));
    }
    var rows = new SharedRows(words.size(), vectors.getFirst().length);
    for (int i = 0; i < words.size(); i++) {
      System.arraycopy(vectors.get(i), 0, rows.values(), i * rows.stride(), rows.dimension());
    }
    return new WordVectors(words, rows, null);
  }

  static float length(float[] values, int at, int dimension) {
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      squares += (double) values[at + i] * values[at + i];
    }
    return (float) Math.sqrt(squares);
  }

  /// The words, the frequent ones first.
  public List<String> words() {
    return words;
  }

  public int dimension() {
    return rows.dimension();
  }

  /// The model behind, which knows sub-words.
  public Optional<FastTextModel> model() {
    return Optional.ofNullable(model);
  }

  /// A word's number; −1 where it has none.
  public int id(String word) {
    return ids.getOrDefault(word, -1);
  }

  /// The vector of a word; of one that was never seen too, where sub-words are known.
  public Optional<float[]> vector(String word) {
    int id = id(word);
    if (id >= 0) {
      return Optional.of(rows.row(id));
    }
    return model == null ? Optional.empty() : model.vector(word);
  }

  float[] unitRow(int id) {
    return unit.row(id);
  }

  /// The cosine of two words; empty where one has no vector.
  public Optional<Float> similarity(String one, String other) {
    return vector(one)
        .flatMap(
            a ->
                vector(other)
                    .map(
                        b -> {
                          double dot = 0;
                          for (int i = 0; i < a.length; i++) {
                            dot += (double) a[i] * b[i];
                          }
                          double lengths = (double) length(a, 0, a.length) * length(b, 0, b.length);
                          return (float) (lengths == 0 ? 0 : dot / lengths);
                        }));
  }

  /// The words nearest to a vector, the nearest first; all words are looked at.
  ///
  /// @param besides words that are passed over
  public List<Neighbour> nearest(float[] vector, int count, Set<String> besides) {
    return nearest(vector, count, besides, words.size());
  }

  /// @param first how many of the most frequent words are looked at
  List<Neighbour> nearest(float[] vector, int count, Set<String> besides, int first) {
    float[] query = Arrays.copyOf(vector, rows.stride());
    float length = length(vector, 0, vector.length);
    VectorArithmetic.scale(query, length > 0 ? 1 / length : 1, query.length);
    var best = new PriorityQueue<Neighbour>(Comparator.comparingDouble(Neighbour::similarity));
    for (int id = 0; id < Math.min(first, words.size()); id++) {
      float near = VectorArithmetic.dot(unit.values(), id * unit.stride(), query, unit.stride());
      if ((best.size() < count || near > best.peek().similarity())
          && !besides.contains(words.get(id))) {
        best.add(new Neighbour(words.get(id), near));
        if (best.size() > count) {
          best.remove();
        }
      }
    }
    var sorted = new ArrayList<>(best);
    sorted.sort(Comparator.comparingDouble(Neighbour::similarity).reversed());
    return sorted;
  }

  /// What is to c as b is to a: nearest to b − a + c, each of length 1.
  ///
  /// @throws IllegalArgumentException where a word has no vector
  public List<Neighbour> analogy(String a, String b, String c, int count) {
    return nearest(
        offset(a, b, c),
        count,
        Set.of(a, b, c).stream().collect(java.util.stream.Collectors.toSet()));
  }

  float[] offset(String a, String b, String c) {
    float[] sum = new float[dimension()];
    add(sum, known(a), -1);
    add(sum, known(b), 1);
    add(sum, known(c), 1);
    return sum;
  }

  private float[] known(String word) {
    return vector(word)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "«%s» has no vector; take another word, or a model with sub-words"
                        .formatted(word)));
  }

  private static void add(float[] sum, float[] vector, float sign) {
    float length = length(vector, 0, vector.length);
    for (int i = 0; i < sum.length && length > 0; i++) {
      sum[i] += sign * vector[i] / length;
    }
  }

  /// The vector of a line: the mean of its words', each of length 1, as fastText has it. Zero where
  /// no word has one.
  public float[] sentence(String line) {
    var found = new ArrayList<float[]>();
    StringTokenizer each = FastTextModel.words(line);
    while (each.hasMoreTokens()) {
      vector(each.nextToken()).filter(v -> length(v, 0, v.length) > 0).ifPresent(found::add);
    }
    return mean(found);
  }

  private float[] mean(Collection<float[]> vectors) {
    float[] sum = new float[dimension()];
    vectors.forEach(v -> add(sum, v, 1));
    for (int i = 0; i < sum.length && !vectors.isEmpty(); i++) {
      sum[i] /= vectors.size();
    }
    return sum;
  }

  SharedRows rows() {
    return rows;
  }
}
