package dev.imago.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How well documents were ranked for one question, as trec_eval counts.
///
/// A document is relevant from a grade of 1 on; one without a grade is not. Scores are compared as
/// trec_eval compares them: as floats, those that are equal by the documents' names, the later name
/// first. What a run says of its own ranks does not count.
///
/// @param grades of the ranked documents, best first; 0 of those without one
/// @param ideal all grades of the question from the highest down, ranked or not
public record RankedScores(List<Integer> grades, List<Integer> ideal) {
  public RankedScores {
    grades = List.copyOf(grades);
    ideal = ideal.stream().sorted(Comparator.reverseOrder()).toList();
  }

  private record Ranked(String document, float score) {}

  /// @param judged grades by document
  /// @param scores by document: the higher, the earlier
  public static RankedScores of(Map<String, Integer> judged, Map<String, Double> scores) {
    var ranked = new ArrayList<Ranked>(scores.size());
    scores.forEach((document, score) -> ranked.add(new Ranked(document, score.floatValue())));
    ranked.sort(
        Comparator.comparingDouble(Ranked::score).thenComparing(Ranked::document).reversed());
    return new RankedScores(
        ranked.stream().map(r -> judged.getOrDefault(r.document, 0)).toList(),
        List.copyOf(judged.values()));
  }

  /// Of documents that are relevant, each as much, or not. They have no names: of equal scores the
  /// earlier comes first.
  ///
  /// @param scores of each document: the higher, the earlier
  /// @param relevant places of those that are
  /// @throws IllegalArgumentException where a score is not finite
  public static RankedScores of(double[] scores, Set<Integer> relevant) {
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new IllegalArgumentException(
            "score %,d is %s; scores are finite numbers".formatted(i + 1, scores[i]));
      }
    }
    Integer[] grades = new Integer[scores.length];
    Arrays.fill(grades, 0);
    for (int place : relevant) {
      int before = 0;
      for (int i = 0; i < scores.length; i++) {
        before += scores[i] > scores[place] || scores[i] == scores[place] && i < place ? 1 : 0;
      }
      grades[before] = 1;
    }
    return new RankedScores(List.of(grades), Collections.nCopies(relevant.size(), 1));
  }

  private long relevant() {
    return ideal.stream().filter(grade -> grade > 0).count();
  }

  private long relevant(int most) {
    return grades.stream().limit(most).filter(grade -> grade > 0).count();
  }

  private static double share(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  /// The mean over the relevant documents of the precision at their ranks: `map`.
  public double averagePrecision() {
    return averagePrecision(grades.size());
  }

  /// The same where what stands below the first `most` was not found: `map_cut`.
  public double averagePrecision(int most) {
    double sum = 0;
    int found = 0;
    for (int i = 0; i < Math.min(most, grades.size()); i++) {
      if (grades.get(i) > 0) {
        found++;
        sum += (double) found / (i + 1);
      }
    }
    return share(sum, relevant());
  }

  /// One by the rank of the first relevant document, 0 where there is none: `recip_rank`.
  public double reciprocalRank() {
    return reciprocalRank(grades.size());
  }

  /// The same where what stands below the first `most` was not found.
  public double reciprocalRank(int most) {
    for (int i = 0; i < Math.min(most, grades.size()); i++) {
      if (grades.get(i) > 0) {
        return 1.0 / (i + 1);
      }
    }
    return 0;
  }

  /// The share of the first `most` that is relevant, as if there were so many: `P`.
  public double precision(int most) {
    return share(relevant(most), most);
  }

  /// The share of the relevant documents that is among the first `most`: `recall`.
  public double recall(int most) {
    return share(relevant(most), relevant());
  }

  /// Whether a relevant document is among the first `most`, 1 or 0: `success`.
  public double success(int most) {
    return relevant(most) > 0 ? 1 : 0;
  }

  /// The grades found, each by the logarithm of its rank, beside those of the ideal ranking:
  /// `ndcg`. Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
  public double ndcg() {
    return share(gain(grades, grades.size()), gain(ideal, ideal.size()));
  }

  /// The same of the first `most` of both: `ndcg_cut`.
  public double ndcg(int most) {
    return share(gain(grades, most), gain(ideal, most));
  }

  private static double gain(List<Integer> grades, int most) {
    double gain = 0;
    for (int i = 0; i < Math.min(most, grades.size()); i++) {
      if (grades.get(i) > 0) {
        gain += grades.get(i) * Math.log(2) / Math.log(i + 2.0);
      }
    }
    return gain;
  }
}
