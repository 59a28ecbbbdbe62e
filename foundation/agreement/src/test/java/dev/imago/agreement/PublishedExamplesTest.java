package dev.imago.agreement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The worked examples of the papers. Papers round; the digits beyond were computed from the same
/// tables by exact fractions.
class PublishedExamplesTest {
  /// Krippendorff 2011, section D: four observers, twelve units, missing values. 0 is missing.
  private static final int[][] OBSERVERS = {
    {1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
    {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
    {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
    {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0}
  };

  /// Fleiss 1971, table 1: thirty patients, six psychiatrists, five diagnoses.
  private static final int[][] DIAGNOSES = {
    {0, 0, 0, 6, 0}, {0, 3, 0, 0, 3}, {0, 1, 4, 0, 1}, {0, 0, 0, 0, 6}, {0, 3, 0, 3, 0},
    {2, 0, 4, 0, 0}, {0, 0, 4, 0, 2}, {2, 0, 3, 1, 0}, {2, 0, 0, 4, 0}, {0, 0, 0, 0, 6},
    {1, 0, 0, 5, 0}, {1, 1, 0, 4, 0}, {0, 3, 3, 0, 0}, {1, 0, 0, 5, 0}, {0, 2, 0, 3, 1},
    {0, 0, 5, 0, 1}, {3, 0, 0, 1, 2}, {5, 1, 0, 0, 0}, {0, 2, 0, 4, 0}, {1, 0, 2, 0, 3},
    {0, 0, 0, 0, 6}, {0, 1, 0, 5, 0}, {0, 2, 0, 1, 3}, {2, 0, 0, 4, 0}, {1, 0, 0, 4, 1},
    {0, 5, 0, 1, 0}, {4, 0, 0, 0, 2}, {0, 2, 0, 4, 0}, {1, 0, 5, 0, 0}, {0, 0, 0, 0, 6}
  };

  static Judgements observers() {
    int[][] table = new int[12][4];
    for (int unit = 0; unit < 12; unit++) {
      for (int observer = 0; observer < 4; observer++) {
        table[unit][observer] = OBSERVERS[observer][unit] - 1;
      }
    }
    return Judgements.of(5, table);
  }

  static Judgements diagnoses() {
    var builder = Judgements.builder(30, 6, 5);
    for (int patient = 0; patient < 30; patient++) {
      int rater = 0;
      for (int diagnosis = 0; diagnosis < 5; diagnosis++) {
        for (int i = 0; i < DIAGNOSES[patient][diagnosis]; i++) {
          builder.add(patient, rater++, diagnosis);
        }
      }
    }
    return builder.build();
  }

  /// @param table of two raters: how often a's label met b's
  static Judgements table(int[][] table) {
    List<int[]> items = new ArrayList<>();
    for (int a = 0; a < table.length; a++) {
      for (int b = 0; b < table.length; b++) {
        for (int i = 0; i < table[a][b]; i++) {
          items.add(new int[] {a, b});
        }
      }
    }
    return Judgements.of(table.length, items.toArray(int[][]::new));
  }

  private static double alpha(Distance distance) {
    return Coefficient.krippendorff(distance).of(observers()).orNaN();
  }

  @Test
  void krippendorff_2011() {
    double[] values = {1, 2, 3, 4, 5};
    assertEquals(0.743, alpha(Distance.nominal()), 5e-4);
    assertEquals(0.815, alpha(Distance.ordinal()), 5e-4);
    assertEquals(0.849, alpha(Distance.interval(values)), 5e-4);
    assertEquals(0.797, alpha(Distance.ratio(values)), 5e-4);
    assertEquals(NOMINAL, alpha(Distance.nominal()), 1e-9);
    assertEquals(ORDINAL, alpha(Distance.ordinal()), 1e-9);
    assertEquals(INTERVAL, alpha(Distance.interval(values)), 1e-9);
    assertEquals(RATIO, alpha(Distance.ratio(values)), 1e-9);
  }

  private static final double NOMINAL = 0.743421052631579;
  private static final double ORDINAL = 0.8153875037548813;
  private static final double INTERVAL = 0.8491071428571428;
  private static final double RATIO = 0.797402774711612;

  @Test
  void fleiss_1971() {
    var kappa = (Agreement.Value) Coefficient.fleiss().of(diagnoses());
    assertEquals(0.430, kappa.value(), 5e-4);
    assertEquals(0.43024452006014086, kappa.value(), 1e-9);
    assertEquals(0.555, kappa.observed(), 1e-3);
    assertEquals(0.220, kappa.expected(), 1e-3);
  }

  @Test
  void artstein_and_poesio_2008() {
    Judgements acts = table(new int[][] {{20, 20}, {10, 50}});
    assertEquals(0.7, Coefficient.percent().of(acts).orNaN(), 1e-12);
    assertEquals((0.7 - 0.545) / 0.455, Coefficient.scott().of(acts).orNaN(), 1e-12); // 0.341
    assertEquals((0.7 - 0.54) / 0.46, Coefficient.cohen().of(acts).orNaN(), 1e-12); // 0.348
    Judgements weighted = table(new int[][] {{46, 6, 0}, {0, 32, 0}, {0, 6, 10}});
    Distance weights = Distance.of(new double[][] {{0, 1, 0.5}, {1, 0, 0.5}, {0.5, 0.5, 0}});
    assertEquals(0.88, Coefficient.percent().of(weighted).orNaN(), 1e-12);
    // Their tables: observed 0.09, expected 0.49 for κ.
    assertEquals(1 - 0.09 / 0.49, Coefficient.cohen(weights).of(weighted).orNaN(), 1e-9);
    assertEquals(0.8155509783728115, Coefficient.krippendorff(weights).of(weighted).orNaN(), 1e-9);
  }

  @Test
  void gwet_2008() {
    // κ's paradox: 118 and 2 agree, 5 and 0 not: κ is about 0, AC1 is not.
    Judgements paradox = table(new int[][] {{118, 5}, {2, 0}});
    assertEquals(0.9407763376087177, Coefficient.gwet().of(paradox).orNaN(), 1e-9);
    assertEquals(-0.023391812865497075, Coefficient.cohen().of(paradox).orNaN(), 1e-9);
  }
}
