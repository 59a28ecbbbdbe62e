package dev.imago.tasks.classification;

import dev.imago.tasks.LabelTask.Baseline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A linear model over n-grams: multinomial naive Bayes (McCallum & Nigam 1998) on words and pairs
/// of neighbouring words, lower-cased; where a script has no blanks between words, on characters
/// and pairs of them. Counts are smoothed by 0.1 (Lidstone), as suits short texts.
final class NaiveBayes implements Baseline<ClassifiedText> {
  private static final double SMOOTHING = 0.1;

  /// What training counted of one class.
  private static final class Counts {
    private long texts;
    private long grams;
    private final Map<String, Integer> byGram = new HashMap<>();
  }

  private final Map<String, Counts> classes = new TreeMap<>();
  private final Map<String, Boolean> vocabulary = new HashMap<>();
  private final int texts;

  NaiveBayes(List<ClassifiedText> train) {
    texts = train.size();
    for (ClassifiedText example : train) {
      Counts counts = classes.computeIfAbsent(example.label(), _ -> new Counts());
      counts.texts++;
      for (String gram : grams(example.text())) {
        counts.byGram.merge(gram, 1, Integer::sum);
        counts.grams++;
        vocabulary.put(gram, true);
      }
    }
  }

  @Override
  public String name() {
    return "naive-bayes";
  }

  @Override
  public List<String> predict(ClassifiedText example) {
    List<String> grams = grams(example.text());
    String best = "";
    double highest = Double.NEGATIVE_INFINITY;
    for (Map.Entry<String, Counts> entry : classes.entrySet()) {
      Counts counts = entry.getValue();
      double log = Math.log((double) counts.texts / texts);
      double all = Math.log(counts.grams + SMOOTHING * vocabulary.size());
      for (String gram : grams) {
        if (vocabulary.containsKey(gram)) {
          log += Math.log(counts.byGram.getOrDefault(gram, 0) + SMOOTHING) - all;
        }
      }
      if (log > highest) {
        highest = log;
        best = entry.getKey();
      }
    }
    return List.of(best);
  }

  /// Single pieces and pairs of neighbouring ones.
  static List<String> grams(String text) {
    List<String> pieces = pieces(text.toLowerCase(Locale.ROOT));
    var grams = new ArrayList<>(pieces);
    for (int i = 0; i + 1 < pieces.size(); i++) {
      grams.add(pieces.get(i) + " " + pieces.get(i + 1));
    }
    return grams;
  }

  /// Runs of letters and digits, and each ideograph by itself.
  private static List<String> pieces(String text) {
    var pieces = new ArrayList<String>();
    var run = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              boolean single =
                  Character.isIdeographic(c)
                      || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA;
              if (!Character.isLetterOrDigit(c) || single) {
                if (!run.isEmpty()) {
                  pieces.add(run.toString());
                  run.setLength(0);
                }
                if (single) {
                  pieces.add(Character.toString(c));
                }
              } else {
                run.appendCodePoint(c);
              }
            });
    if (!run.isEmpty()) {
      pieces.add(run.toString());
    }
    return pieces;
  }
}
