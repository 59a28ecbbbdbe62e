package dev.imago.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// How well classes were told, one of each item, by scikit-learn's rules: a class that is nowhere
/// counts in no average, one that was never told has a precision of 0, one that is never there a
/// recall of 0.
public final class ClassScores {
  private final List<String> labels;
  private final int[] gold;
  private final int[] told;

  private ClassScores(List<String> labels, int[] gold, int[] told) {
    this.labels = labels;
    this.gold = gold;
    this.told = told;
  }

  /// What [#kappa] holds of two classes that are not the same.
  public enum Distance {
    /// As far as any.
    NONE,
    /// By how many classes lie between, in the order of their names.
    LINEAR,
    /// By the square of that.
    QUADRATIC
  }

  /// @param gold the class of each item
  /// @param predicted as many
  /// @throws IllegalArgumentException where there are not as many of both, or none
  public static ClassScores of(List<String> gold, List<String> predicted) {
    if (gold.isEmpty() || gold.size() != predicted.size()) {
      throw new IllegalArgumentException(
          "%,d classes and %,d predictions are not as many, or none; give one for each"
              .formatted(gold.size(), predicted.size()));
    }
    var names = new TreeSet<String>(gold);
    names.addAll(predicted);
    Map<String, Integer> ids = new LinkedHashMap<>();
    names.forEach(name -> ids.put(name, ids.size()));
    return new ClassScores(
        List.copyOf(names),
        gold.stream().mapToInt(ids::get).toArray(),
        predicted.stream().mapToInt(ids::get).toArray());
  }

  /// The scores of some items, by their places, repeats counted.
  public ClassScores drawn(int[] places) {
    return new ClassScores(
        labels,
        Arrays.stream(places).map(i -> gold[i]).toArray(),
        Arrays.stream(places).map(i -> told[i]).toArray());
  }

  /// The share of the items whose class was told right.
  public double accuracy() {
    int right = 0;
    for (int i = 0; i < gold.length; i++) {
      right += gold[i] == told[i] ? 1 : 0;
    }
    return (double) right / gold.length;
  }

  /// Of each class that is there or was told, in the order of their names.
  public Map<String, Counts> byClass() {
    Counts[] counts = new Counts[labels.size()];
    Arrays.setAll(counts, _ -> new Counts());
    for (int i = 0; i < gold.length; i++) {
      counts[gold[i]].gold(gold[i] == told[i]);
      counts[told[i]].told();
    }
    var byClass = new LinkedHashMap<String, Counts>();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c].support() + counts[c].predicted() > 0) {
        byClass.put(labels.get(c), counts[c]);
      }
    }
    return byClass;
  }

  public double precision(Average average) {
    return average.of(byClass().values(), Counts::precision);
  }

  public double recall(Average average) {
    return average.of(byClass().values(), Counts::recall);
  }

  public double f1(Average average) {
    return average.of(byClass().values(), Counts::f1);
  }

  /// How often an item of one class (row) was told as another (column), in the order of their
  /// names.
  public long[][] confusion() {
    long[][] confusion = new long[labels.size()][labels.size()];
    for (int i = 0; i < gold.length; i++) {
      confusion[gold[i]][told[i]]++;
    }
    return confusion;
  }

  /// Matthews' correlation coefficient of any number of classes, −1 … 1; 0 where one side has one
  /// class only. Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006.
  public double matthews() {
    double n = gold.length;
    double both = 0;
    double golds = 0;
    double tolds = 0;
    double right = 0;
    for (Counts c : byClass().values()) {
      right += c.correct();
      both += (double) c.support() * c.predicted();
      golds += (double) c.support() * c.support();
      tolds += (double) c.predicted() * c.predicted();
    }
    double variance = (n * n - golds) * (n * n - tolds);
    return variance == 0 ? 0 : (right * n - both) / Math.sqrt(variance);
  }

  /// Cohen's kappa, agreement beyond chance, −1 … 1; NaN where chance alone agrees wholly. Cohen
  /// 1960, doi:10.1177/001316446002000104.
  public double kappa(Distance distance) {
    long[][] confusion = confusion();
    int classes = labels.size();
    double[] golds = new double[classes];
    double[] tolds = new double[classes];
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < classes; j++) {
        golds[i] += confusion[i][j];
        tolds[j] += confusion[i][j];
      }
    }
    double apart = 0;
    double byChance = 0;
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < classes; j++) {
        double weight =
            switch (distance) {
              case NONE -> i == j ? 0 : 1;
              case LINEAR -> Math.abs(i - j);
              case QUADRATIC -> (double) (i - j) * (i - j);
            };
        apart += weight * confusion[i][j];
        byChance += weight * golds[i] * tolds[j] / gold.length;
      }
    }
    return 1 - apart / byChance;
  }
}
