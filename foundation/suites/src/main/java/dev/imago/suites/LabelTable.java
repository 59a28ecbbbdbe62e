package dev.imago.suites;

import dev.imago.core.InputException;
import java.util.List;

/// The right and the chosen labels of items.
record LabelTable(int[] gold, int[] told) {
  static LabelTable of(List<ItemValue> values) {
    return new LabelTable(
        values.stream().mapToInt(v -> ((ItemValue.Labels) v).gold()).toArray(),
        values.stream().mapToInt(v -> ((ItemValue.Labels) v).told()).toArray());
  }

  /// F1 of label 1, of the labels 0 and 1.
  double f1(int[] places) {
    int hits = 0;
    int all = 0;
    for (int i : places) {
      if ((gold[i] | told[i]) >>> 1 != 0) {
        throw new InputException(
            "f1 is of the labels 0 and 1, and there are others; use acc or mcc");
      }
      hits += gold[i] & told[i];
      all += gold[i] + told[i];
    }
    return all == 0 ? 0 : 2.0 * hits / all;
  }

  /// Matthews' correlation of any number of labels (Gorodkin 2004); 0 where it is not defined.
  double matthews(int[] places) {
    int least = 0;
    int most = 0;
    for (int i : places) {
      least = Math.min(least, Math.min(gold[i], told[i]));
      most = Math.max(most, Math.max(gold[i], told[i]));
    }
    double[] ofGold = new double[most - least + 1];
    double[] ofTold = new double[most - least + 1];
    double right = 0;
    for (int i : places) {
      ofGold[gold[i] - least]++;
      ofTold[told[i] - least]++;
      right += gold[i] == told[i] ? 1 : 0;
    }
    double n = places.length;
    double both = 0;
    double goldSquares = 0;
    double toldSquares = 0;
    for (int c = 0; c < ofGold.length; c++) {
      both += ofGold[c] * ofTold[c];
      goldSquares += ofGold[c] * ofGold[c];
      toldSquares += ofTold[c] * ofTold[c];
    }
    double covariance = right * n - both;
    double spread = (n * n - toldSquares) * (n * n - goldSquares);
    return spread == 0 ? 0 : covariance / Math.sqrt(spread);
  }
}
