package dev.imago.agreement;

import java.util.Arrays;
import java.util.List;

/// Strengths of things that were compared: a beats b with probability s_a / (s_a + s_b). Bradley &
/// Terry 1952; estimated as in Hunter 2004, «MM algorithms for generalized Bradley–Terry models».
public final class BradleyTerry {
  /// @param rater who compared
  /// @param better the thing preferred
  /// @param worse the other
  /// @param tied whether neither was: half a win for each
  public record Comparison(int rater, int better, int worse, boolean tied) {}

  /// What comparisons say.
  public sealed interface Strengths {}

  /// @param strength of each thing, in logs, their mean 0
  /// @param competence of each rater: the mean probability of what he preferred; NaN without any
  /// @param converged whether the estimate came to rest
  public record Estimated(double[] strength, double[] competence, boolean converged)
      implements Strengths {
    /// The probability that one is preferred to another.
    public double probability(int a, int b) {
      return 1 / (1 + Math.exp(strength[b] - strength[a]));
    }
  }

  /// @param why in plain words
  public record Undefined(String why) implements Strengths {}

  private BradleyTerry() {}

  /// @param prior wins and losses of each thing against one imagined thing of mean strength, which
  ///   keep what always won finite; 0 is the plain maximum of likelihood
  public static Strengths of(
      int things, int raters, List<Comparison> comparisons, double prior, int iterations) {
    double[][] wins = new double[things][things];
    for (Comparison c : comparisons) {
      if (c.better() == c.worse()) {
        throw new IllegalArgumentException(
            "%d is compared with itself; leave it out".formatted(c.better()));
      }
      wins[c.better()][c.worse()] += c.tied() ? 0.5 : 1;
      wins[c.worse()][c.better()] += c.tied() ? 0.5 : 0;
    }
    if (prior == 0 && !(reachesAll(wins, false) && reachesAll(wins, true))) {
      return new Undefined(
          "some always won or were never compared with the rest, so strengths have no bound;"
              + " compare more, or give a prior such as 0.1");
    }
    double[] strength = new double[things];
    Arrays.fill(strength, 1);
    boolean converged = false;
    for (int i = 0; i < iterations && !converged; i++) {
      converged = step(wins, strength, prior) < 1e-12;
    }
    double[] log = Arrays.stream(strength).map(Math::log).toArray();
    double mean = Arrays.stream(log).average().orElse(0);
    var estimated =
        new Estimated(
            Arrays.stream(log).map(s -> s - mean).toArray(), new double[raters], converged);
    double[] given = new double[raters];
    for (Comparison c : comparisons) {
      if (!c.tied()) {
        given[c.rater()]++;
        estimated.competence[c.rater()] += estimated.probability(c.better(), c.worse());
      }
    }
    for (int r = 0; r < raters; r++) {
      estimated.competence[r] /= given[r];
    }
    return estimated;
  }

  /// One round; the largest change of a logarithm.
  private static double step(double[][] wins, double[] strength, double prior) {
    int n = strength.length;
    double[] next = new double[n];
    double logs = 0;
    for (int a = 0; a < n; a++) {
      double won = prior;
      double met = 2 * prior / (strength[a] + 1);
      for (int b = 0; b < n; b++) {
        double pairs = wins[a][b] + wins[b][a];
        if (a != b && pairs > 0) {
          won += wins[a][b];
          met += pairs / (strength[a] + strength[b]);
        }
      }
      next[a] = won / met;
      logs += Math.log(next[a]) / n;
    }
    double change = 0;
    for (int a = 0; a < n; a++) {
      // With a prior the scale is the imagined thing's; without one any scale is as good.
      double scaled = prior > 0 ? next[a] : next[a] / Math.exp(logs);
      change = Math.max(change, Math.abs(Math.log(scaled / strength[a])));
      strength[a] = scaled;
    }
    return change;
  }

  /// Whether every thing is reached from the first along wins, or against them.
  private static boolean reachesAll(double[][] wins, boolean back) {
    int n = wins.length;
    boolean[] seen = new boolean[n];
    int[] queue = new int[n];
    int size = n == 0 ? 0 : 1;
    for (int at = 0; at < size; at++) {
      seen[queue[at]] = true;
      for (int b = 0; b < n; b++) {
        double edge = back ? wins[b][queue[at]] : wins[queue[at]][b];
        if (edge > 0 && !seen[b]) {
          seen[b] = true;
          queue[size++] = b;
        }
      }
    }
    return size == n;
  }
}
