package dev.imago.labelling;

import dev.imago.linear.TextPieces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/// Tf-idf of words, each vector of length 1: what tells how near two texts are where no model does.
public final class TextVectors {
  private final List<int[]> ids = new ArrayList<>();
  private final List<float[]> weights = new ArrayList<>();

  public TextVectors(List<String> texts) {
    var names = new HashMap<String, Integer>();
    var holding = new HashMap<Integer, Integer>();
    for (String text : texts) {
      int[] of =
          TextPieces.of(text).stream()
              .mapToInt(word -> names.computeIfAbsent(word, _ -> names.size()))
              .distinct()
              .sorted()
              .toArray();
      Arrays.stream(of).forEach(id -> holding.merge(id, 1, Integer::sum));
      ids.add(of);
    }
    for (int[] of : ids) {
      float[] w = new float[of.length];
      double squares = 0;
      for (int i = 0; i < of.length; i++) {
        w[i] = (float) Math.log((double) texts.size() / holding.getOrDefault(of[i], 1));
        squares += w[i] * w[i];
      }
      for (int i = 0; i < of.length && squares > 0; i++) {
        w[i] /= (float) Math.sqrt(squares);
      }
      weights.add(w);
    }
  }

  /// The inner product of two texts' vectors, by their numbers.
  public double dot(int a, int b) {
    int[] x = ids.get(a);
    int[] y = ids.get(b);
    double sum = 0;
    for (int i = 0, j = 0; i < x.length && j < y.length; ) {
      if (x[i] == y[j]) {
        sum += weights.get(a)[i++] * weights.get(b)[j++];
      } else if (x[i] < y[j]) {
        i++;
      } else {
        j++;
      }
    }
    return sum;
  }
}
