package dev.imago.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The features that training met, numbered, and what a text has of them. The last one is the bias:
/// every text has it.
final class FeatureSpace {
  private final LinearSettings settings;
  private final Map<String, Integer> ids;
  private final List<String> names;
  private final float[] idf;

  /// @param names of the features, by id
  /// @param idf of each; empty where features are only there or not
  FeatureSpace(LinearSettings settings, List<String> names, float[] idf) {
    this.settings = settings;
    this.names = names;
    this.idf = idf;
    this.ids = HashMap.newHashMap(names.size());
    for (int id = 0; id < names.size(); id++) {
      ids.put(names.get(id), id);
    }
  }

  static FeatureSpace of(LinearSettings settings, List<String> texts) {
    var seen = new HashMap<String, int[]>(); // texts that have it, the last of them
    int[] number = {0};
    for (String text : texts) {
      number[0]++;
      TextGrams.each(
          text,
          settings,
          gram -> {
            int[] counts = seen.computeIfAbsent(gram, _ -> new int[2]);
            if (counts[1] != number[0]) {
              counts[1] = number[0];
              counts[0]++;
            }
          });
    }
    var names = new ArrayList<String>();
    seen.forEach(
        (gram, counts) -> {
          if (counts[0] >= settings.minimumTexts()) {
            names.add(gram);
          }
        });
    names.sort(null); // the same numbers whatever the hash table's order
    float[] idf = new float[settings.kind() == LinearKind.LOGISTIC ? names.size() : 0];
    for (int id = 0; id < idf.length; id++) {
      int[] counts = seen.getOrDefault(names.get(id), new int[1]);
      idf[id] = (float) (Math.log((1.0 + texts.size()) / (1 + counts[0])) + 1);
    }
    return new FeatureSpace(settings, names, idf);
  }

  LinearSettings settings() {
    return settings;
  }

  List<String> names() {
    return names;
  }

  float[] idf() {
    return idf;
  }

  /// Features, the bias among them.
  int size() {
    return names.size() + 1;
  }

  SparseRow row(String text) {
    int[] found = new int[64];
    int[] size = {0};
    int[][] grown = {found};
    TextGrams.each(
        text,
        settings,
        gram -> {
          Integer id = ids.get(gram);
          if (id != null) {
            if (size[0] == grown[0].length) {
              grown[0] = Arrays.copyOf(grown[0], size[0] * 2);
            }
            grown[0][size[0]++] = id;
          }
        });
    int[] all = grown[0];
    Arrays.sort(all, 0, size[0]);
    int[] unique = new int[size[0] + 1];
    float[] values = new float[size[0] + 1];
    int n = 0;
    for (int i = 0; i < size[0]; ) {
      int end = i + 1;
      while (end < size[0] && all[end] == all[i]) {
        end++;
      }
      unique[n] = all[i];
      values[n++] = idf.length == 0 ? 1 : (float) ((1 + Math.log(end - i)) * idf[all[i]]);
      i = end;
    }
    if (idf.length > 0) {
      normalise(values, n);
    }
    unique[n] = names.size();
    values[n++] = 1;
    return new SparseRow(Arrays.copyOf(unique, n), Arrays.copyOf(values, n));
  }

  private static void normalise(float[] values, int n) {
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += values[i] * values[i];
    }
    for (int i = 0; i < n && squares > 0; i++) {
      values[i] /= (float) Math.sqrt(squares);
    }
  }
}
