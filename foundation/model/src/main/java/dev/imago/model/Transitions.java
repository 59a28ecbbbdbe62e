package dev.imago.model;

import java.util.List;
import java.util.Optional;

/// A linear-chain CRF over the tags of a sequence, as pytorch-crf defines it: a sequence of tags
/// scores start[y₀] + Σ emission[i, yᵢ] + Σ between[yᵢ₋₁, yᵢ] + end[yₙ], and p is its share of exp
/// of that over all sequences. Lafferty et al. 2001.
///
/// Its numbers stand in a model's file as `crf.transitions`, `crf.start_transitions` and
/// `crf.end_transitions`, the names that a `CRF` called `crf` has beside a body in PyTorch;
/// transformers, which knows no CRF, loads the rest.
///
/// *N words, L tags.*
///
/// @param between [L,L], from a tag to the next one
/// @param start [L]
/// @param end [L]
public record Transitions(float[][] between, float[] start, float[] end) {
  private static final Initialisation EVEN = new Initialisation.Uniform(0.1);

  /// Those of a model's table: between, start, end.
  public static List<Parameter> parameters(int tags) {
    return List.of(
        new Parameter(
            "crf.transitions",
            List.of(tags, tags),
            false,
            Optional.empty(),
            EVEN,
            false,
            Optional.empty()),
        Parameter.vector("crf.start_transitions", tags, EVEN),
        Parameter.vector("crf.end_transitions", tags, EVEN));
  }

  /// @param flat the numbers of [#parameters], each row by row
  public static Transitions of(List<float[]> flat) {
    float[] start = flat.get(1);
    var between = new float[start.length][];
    for (int i = 0; i < between.length; i++) {
      between[i] =
          java.util.Arrays.copyOfRange(flat.get(0), i * start.length, (i + 1) * start.length);
    }
    return new Transitions(between, start, flat.get(2));
  }

  /// The likeliest tags of all together. Viterbi 1967.
  ///
  /// @param emissions [N,L], N at least 1
  /// @return [N]
  public int[] likeliest(float[][] emissions) {
    int n = emissions.length;
    int tags = start.length;
    var from = new int[n][tags];
    double[] best = new double[tags];
    for (int t = 0; t < tags; t++) {
      best[t] = (double) start[t] + emissions[0][t];
    }
    for (int i = 1; i < n; i++) {
      double[] next = new double[tags];
      for (int t = 0; t < tags; t++) {
        int prior = 0;
        for (int f = 1; f < tags; f++) {
          prior = best[f] + between[f][t] > best[prior] + between[prior][t] ? f : prior;
        }
        from[i][t] = prior;
        next[t] = best[prior] + between[prior][t] + emissions[i][t];
      }
      best = next;
    }
    int last = 0;
    for (int t = 1; t < tags; t++) {
      last = best[t] + end[t] > best[last] + end[last] ? t : last;
    }
    int[] told = new int[n];
    for (int i = n - 1; i >= 0; i--) {
      told[i] = last;
      last = from[i][last];
    }
    return told;
  }

  /// The probability of each tag of each word, over all sequences of tags.
  ///
  /// @param emissions [N,L], N at least 1
  /// @return [N,L]
  public double[][] shares(float[][] emissions) {
    int n = emissions.length;
    int tags = start.length;
    var forward = new double[n][tags];
    var backward = new double[n][tags];
    double[] terms = new double[tags];
    for (int t = 0; t < tags; t++) {
      forward[0][t] = (double) start[t] + emissions[0][t];
      backward[n - 1][t] = end[t];
    }
    for (int i = 1; i < n; i++) {
      for (int t = 0; t < tags; t++) {
        for (int f = 0; f < tags; f++) {
          terms[f] = forward[i - 1][f] + between[f][t];
        }
        forward[i][t] = logSum(terms) + emissions[i][t];
      }
    }
    for (int i = n - 2; i >= 0; i--) {
      for (int f = 0; f < tags; f++) {
        for (int t = 0; t < tags; t++) {
          terms[t] = between[f][t] + emissions[i + 1][t] + backward[i + 1][t];
        }
        backward[i][f] = logSum(terms);
      }
    }
    var shares = new double[n][tags];
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < tags; t++) {
        terms[t] = forward[i][t] + backward[i][t];
      }
      double all = logSum(terms);
      for (int t = 0; t < tags; t++) {
        shares[i][t] = Math.exp(terms[t] - all);
      }
    }
    return shares;
  }

  private static double logSum(double[] terms) {
    double most = Double.NEGATIVE_INFINITY;
    for (double term : terms) {
      most = Math.max(most, term);
    }
    double sum = 0;
    for (double term : terms) {
      sum += Math.exp(term - most);
    }
    return most + Math.log(sum);
  }
}
