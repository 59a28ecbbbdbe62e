package dev.imago.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The retrieval baseline: the answer to the most similar training prompt.
///
/// Similarity is the cosine of TF-IDF vectors (Salton & Buckley 1988: (1 + ln tf) · ln((1 + N) / (1
/// + df))) over sub-words: `readFully(InputStream in)` is *read, fully, input, stream, in*. Ties go
///   to the earlier prompt. The index is inverted: a query costs the postings of its own terms.
///
/// *N prompts.*
final class Retrieval {
  private final Map<String, Integer> terms = new HashMap<>();
  private final int[][] prompts;
  private final double[][] weights;
  private final double[] idf;
  private final int size;
  private final double[] similarity;

  Retrieval(List<String> trainingPrompts) {
    size = trainingPrompts.size();
    similarity = new double[size];
    var postings = new ArrayList<Postings>();
    for (int p = 0; p < size; p++) {
      for (var entry : frequencies(trainingPrompts.get(p)).entrySet()) {
        int term = terms.computeIfAbsent(entry.getKey(), k -> postings.size());
        if (term == postings.size()) {
          postings.add(new Postings());
        }
        postings.get(term).add(p, entry.getValue()[0]);
      }
    }
    idf = new double[postings.size()];
    prompts = new int[postings.size()][];
    weights = new double[postings.size()][];
    double[] squares = new double[size];
    for (int t = 0; t < idf.length; t++) {
      Postings list = postings.get(t);
      idf[t] = Math.log((1.0 + size) / (1.0 + list.size));
      prompts[t] = Arrays.copyOf(list.prompts, list.size);
      weights[t] = new double[list.size];
      for (int i = 0; i < list.size; i++) {
        double weight = (1 + Math.log(list.counts[i])) * idf[t];
        weights[t][i] = weight;
        squares[list.prompts[i]] += weight * weight;
      }
    }
    for (int t = 0; t < idf.length; t++) {
      for (int i = 0; i < prompts[t].length; i++) {
        double norm = Math.sqrt(squares[prompts[t][i]]);
        weights[t][i] = norm == 0 ? 0 : weights[t][i] / norm;
      }
    }
  }

  /// The index of the most similar training prompt, or −1 where none shares a telling term.
  int nearest(String prompt) {
    measure(prompt);
    int best = -1;
    double highest = 0;
    for (int p = 0; p < size; p++) {
      if (similarity[p] > highest) {
        highest = similarity[p];
        best = p;
      }
    }
    return best;
  }

  /// How similar each prompt is to a text.
  double[] similarities(String text) {
    measure(text);
    return similarity.clone();
  }

  private void measure(String prompt) {
    Arrays.fill(similarity, 0);
    for (var entry : frequencies(prompt).entrySet()) {
      Integer term = terms.get(entry.getKey());
      if (term == null) {
        continue;
      }
      double weight = (1 + Math.log(entry.getValue()[0])) * idf[term];
      int[] list = prompts[term];
      double[] of = weights[term];
      for (int i = 0; i < list.length; i++) {
        similarity[list[i]] += weight * of[i];
      }
    }
  }

  private static Map<String, int[]> frequencies(String text) {
    // Insertion order, so that sums are added in the same order on every machine.
    var counts = new LinkedHashMap<String, int[]>();
    for (String term : subWords(text)) {
      counts.computeIfAbsent(term, k -> new int[1])[0]++;
    }
    return counts;
  }

  /// Lower-case runs of letters, parted at `camelCase` and `XMLReader` humps, runs of digits, and
  /// single ideographs.
  static List<String> subWords(String text) {
    var words = new ArrayList<String>();
    int[] points = text.codePoints().toArray();
    int from = 0;
    for (int i = 0; i < points.length; i++) {
      boolean last = i + 1 == points.length;
      if (!last && joined(points, i)) {
        continue;
      }
      if (Character.isLetterOrDigit(points[i])) {
        words.add(new String(points, from, i + 1 - from).toLowerCase(Locale.ROOT));
      }
      from = i + 1;
    }
    return words;
  }

  /// Whether points i and i + 1 are of one sub-word.
  private static boolean joined(int[] points, int i) {
    int a = points[i];
    int b = points[i + 1];
    if (!Character.isLetterOrDigit(a) || !Character.isLetterOrDigit(b)) {
      return false;
    }
    if (Character.isIdeographic(a) || Character.isIdeographic(b)) {
      return false;
    }
    if (Character.isDigit(a) != Character.isDigit(b)) {
      return false;
    }
    if (!Character.isUpperCase(a) && Character.isUpperCase(b)) {
      return false;
    }
    boolean lowerFollows =
        i + 2 < points.length
            && Character.isLetter(points[i + 2])
            && !Character.isUpperCase(points[i + 2]);
    return !(Character.isUpperCase(a) && Character.isUpperCase(b) && lowerFollows);
  }

  /// A growing posting list of one term.
  private static final class Postings {
    private int[] prompts = new int[4];
    private int[] counts = new int[4];
    private int size;

    private void add(int prompt, int count) {
      if (size == prompts.length) {
        prompts = Arrays.copyOf(prompts, size * 2);
        counts = Arrays.copyOf(counts, size * 2);
      }
      prompts[size] = prompt;
      counts[size++] = count;
    }
  }
}
