package dev.imago.languages;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Learns an identifier from texts in known languages: multinomial naive Bayes over n-grams of
/// letters, smoothed by adding [#ADDED] to each count; the probabilities of n-grams of each length
/// sum to one. The same texts, in any order, give the same model.
public final class LanguageTrainer {
  private static final double ADDED = 0.5;

  /// A language is one of a script if so much of its text is.
  private static final double OF_A_SCRIPT = 0.25;

  /// log2 of buckets: of the script with most languages, and of others.
  private static final int MOST_BITS = 18;

  private static final int FEW_BITS = 16;
  private static final int MANY_LANGUAGES = 16;

  private final LetterForms letters = new LetterForms();
  private final Map<String, Map<Character.UnicodeScript, Map<String, Integer>>> words =
      new TreeMap<>();

  /// Reads a text.
  ///
  /// @param label its language, ISO 639-1, with a script where it has several: `en`, `zh-Hant`
  public void add(String label, CharSequence text) {
    add(label, text, 1);
  }

  /// Reads a text that counts as often as `times` of it.
  void add(String label, CharSequence text, int times) {
    var scripts = words.computeIfAbsent(label, _ -> new EnumMap<>(Character.UnicodeScript.class));
    char[] read = letters.of(text);
    int start = 1;
    for (int i = 1; i < read.length; i++) {
      if (read[i] == LetterForms.BLANK) {
        int script = letters.script(read[start]);
        if (script != 0) {
          scripts
              .computeIfAbsent(Character.UnicodeScript.values()[script], _ -> new HashMap<>())
              .merge(new String(read, start, i - start), times, Integer::sum);
        }
        start = i + 1;
      }
    }
  }

  /// @throws IllegalArgumentException where no text has a letter
  public LanguageIdentifier train() {
    var languages =
        new EnumMap<Character.UnicodeScript, List<String>>(Character.UnicodeScript.class);
    words.forEach(
        (label, scripts) -> {
          long all = scripts.values().stream().mapToLong(LanguageTrainer::letters).sum();
          scripts.forEach(
              (script, counts) -> {
                if (letters(counts) >= OF_A_SCRIPT * all) {
                  languages.computeIfAbsent(script, _ -> new ArrayList<>()).add(label);
                }
              });
        });
    if (languages.isEmpty()) {
      throw new IllegalArgumentException("no text has a letter: nothing is learned from it");
    }
    var models = new ArrayList<ScriptWeights>();
    languages.forEach((script, labels) -> models.add(weights(script, labels)));
    return new LanguageIdentifier(models);
  }

  private static long letters(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .mapToLong(e -> (long) e.getKey().length() * e.getValue())
        .sum();
  }

  private ScriptWeights weights(Character.UnicodeScript script, List<String> labels) {
    if (labels.size() == 1) {
      return new ScriptWeights(script, List.copyOf(labels), 0, new long[0]);
    }
    int bits =
        Math.min(labels.size() > MANY_LANGUAGES ? MOST_BITS : FEW_BITS, bits(script, labels));
    int buckets = 1 << bits;
    int k = labels.size();
    float[][] counts = new float[k][buckets];
    byte[] lengths = new byte[buckets];
    for (int l = 0; l < k; l++) {
      float[] own = counts[l];
      words
          .getOrDefault(labels.get(l), Map.of())
          .getOrDefault(script, Map.of())
          .forEach(
              (word, times) -> {
                char[] read = (" " + word + " ").toCharArray();
                LetterGrams.each(
                    read,
                    read.length,
                    bits,
                    (bucket, n) -> {
                      own[bucket] += times;
                      // Of n-grams that share a bucket the longest says how common such are.
                      lengths[bucket] = (byte) Math.max(lengths[bucket], n);
                    });
              });
    }
    return new ScriptWeights(script, List.copyOf(labels), bits, quantised(counts, lengths, k));
  }

  /// log2 of as many buckets as there are n-grams, at least.
  private int bits(Character.UnicodeScript script, List<String> labels) {
    long grams = LetterGrams.LONGEST;
    for (String label : labels) {
      Map<String, Integer> known =
          words.getOrDefault(label, Map.of()).getOrDefault(script, Map.of());
      for (String word : known.keySet()) {
        grams += (long) LetterGrams.LONGEST * word.length();
      }
    }
    return Long.SIZE - Long.numberOfLeadingZeros(grams);
  }

  private static long[] quantised(float[][] counts, byte[] lengths, int k) {
    int buckets = lengths.length;
    double[][] totals = new double[k][LetterGrams.LONGEST + 1];
    long[] kinds = new long[LetterGrams.LONGEST + 1];
    for (int b = 0; b < buckets; b++) {
      kinds[lengths[b]]++;
      for (int l = 0; l < k; l++) {
        totals[l][lengths[b]] += counts[l][b];
      }
    }
    int width = ScriptWeights.longs(k);
    long[] rows = new long[buckets * width];
    double[] row = new double[k];
    for (int b = 0; b < buckets; b++) {
      int n = lengths[b];
      if (n == 0) {
        continue;
      }
      double most = Double.NEGATIVE_INFINITY;
      for (int l = 0; l < k; l++) {
        row[l] = Math.log((counts[l][b] + ADDED) / (totals[l][n] + ADDED * kinds[n]));
        most = Math.max(most, row[l]);
      }
      for (int l = 0; l < k; l++) {
        long cost = Math.min(ScriptWeights.MOST, Math.round((most - row[l]) * ScriptWeights.STEPS));
        rows[b * width + l / 8] |= cost << 8 * (l % 8);
      }
    }
    return rows;
  }
}
