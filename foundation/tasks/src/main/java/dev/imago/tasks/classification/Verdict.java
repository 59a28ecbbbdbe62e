package dev.imago.tasks.classification;

import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.tasks.Probabilities;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What one row of scores says of a text. `imago predict`, the server and `evaluate` all say this.
///
/// @param told the label, or the labels that are there, likeliest first; for a number, the number
/// @param shares of each label its probability; for a number the number alone
public record Verdict(List<String> told, List<Double> shares) {
  private static final double HALF = 0.5;

  public Verdict {
    told = List.copyOf(told);
    shares = List.copyOf(shares);
  }

  /// @param scores of the last layer
  public static Verdict of(Output.Classes output, float[] scores, Calibration by) {
    List<String> labels = output.labels();
    return switch (output.problem()) {
      case ONE -> {
        double[] shares = Probabilities.of(scores, by.temperature());
        yield new Verdict(List.of(labels.get(Probabilities.likeliest(scores))), boxed(shares));
      }
      case SEVERAL -> {
        double[] shares = sigmoids(scores, by.temperature());
        List<String> there =
            IntStream.range(0, shares.length)
                .boxed()
                .filter(i -> shares[i] >= by.threshold(i))
                .sorted(Comparator.comparingDouble(i -> -shares[i]))
                .map(labels::get)
                .toList();
        yield new Verdict(there, boxed(shares));
      }
      case NUMBER -> {
        var numbers = new ArrayList<Double>();
        for (float score : scores) {
          numbers.add((double) score);
        }
        yield new Verdict(numbers.stream().map(String::valueOf).toList(), numbers);
      }
      case RANK -> ranked(labels, sigmoids(scores, by.temperature()));
    };
  }

  /// The rank is as many steps up as are likelier than not (Cao et al. 2020, arXiv:1901.07884); its
  /// probability is what lies between the steps around it.
  private static Verdict ranked(List<String> ranks, double[] above) {
    double[] shares = new double[ranks.size()];
    double sum = 0;
    int rank = 0;
    for (int i = 0; i < shares.length; i++) {
      double from = i == 0 ? 1 : above[i - 1];
      double to = i < above.length ? above[i] : 0;
      shares[i] = Math.max(0, from - to);
      sum += shares[i];
      rank += i < above.length && above[i] > HALF ? 1 : 0;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return new Verdict(List.of(ranks.get(rank)), boxed(shares));
  }

  private static double[] sigmoids(float[] scores, double temperature) {
    double[] shares = new double[scores.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Calibration.sigmoid(scores[i] / temperature);
    }
    return shares;
  }

  private static List<Double> boxed(double[] shares) {
    return java.util.Arrays.stream(shares).boxed().toList();
  }

  /// The probability of a label.
  ///
  /// @param output that it was told by
  public double share(Output.Classes output, String label) {
    return shares.get(output.labels().indexOf(label));
  }
}
