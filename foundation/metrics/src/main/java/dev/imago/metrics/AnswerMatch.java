package dev.imago.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Exact match and F1 of answers to questions, as the scripts of SQuAD and of CMRC count. Rajpurkar
/// et al. 2016, D16-1264, and 2018, P18-2124; Cui et al. 2019, D19-1600.
///
/// A corpus scores the mean of its answers. Of several references the best counts; of none, or of
/// an empty one, the answer is that there is none.
///
/// @param measure exact or F1
/// @param form whose rules
public record AnswerMatch(Measured measure, Form form) implements TextMetric {
  /// What is measured of an answer.
  public enum Measured {
    /// Whether it is the reference's.
    EXACT,
    /// The harmonic mean of the shares of both that they have in common.
    F1
  }

  /// Whose rules say what is the same.
  public enum Form {
    /// SQuAD 1.1: case, punctuation and English articles do not count, words do; their order does
    /// not.
    SQUAD_1("squad-1.1"),
    /// SQuAD 2.0: the same, and an answer of no words is right where there is none.
    SQUAD_2("squad-2.0"),
    /// CMRC 2018: case and Chinese punctuation do not count; each Chinese character and each other
    /// word is one, and the longest run in common counts.
    CMRC("cmrc2018");

    private final String key;

    Form(String key) {
      this.key = key;
    }

    /// As signatures spell it.
    public String key() {
      return key;
    }
  }

  @Override
  public String name() {
    return measure == Measured.EXACT ? "exact" : "f1";
  }

  @Override
  public String signature(int references) {
    return "nrefs:%s|norm:%s|agg:mean"
        .formatted(references == 0 ? "var" : Integer.toString(references), form.key);
  }

  /// The best of the references, 0 … 1, and 1.
  @Override
  public double[] counts(String hypothesis, List<String> references) {
    List<String> wanted = references;
    if (form == Form.SQUAD_2) {
      wanted = references.stream().filter(r -> !SquadAnswer.normalized(r).isEmpty()).toList();
    }
    if (wanted.isEmpty()) {
      wanted = List.of("");
    }
    double best = 0;
    for (String reference : wanted) {
      best = Math.max(best, of(hypothesis, reference));
    }
    return new double[] {best, 1};
  }

  /// 0 … 100.
  @Override
  public double score(double[] counts) {
    return 100 * counts[0] / counts[1];
  }

  private double of(String hypothesis, String reference) {
    if (form == Form.CMRC) {
      return measure == Measured.EXACT
          ? CmrcAnswer.plain(hypothesis).equals(CmrcAnswer.plain(reference)) ? 1 : 0
          : commonRun(CmrcAnswer.words(hypothesis), CmrcAnswer.words(reference));
    }
    String said = SquadAnswer.normalized(hypothesis);
    String wanted = SquadAnswer.normalized(reference);
    if (measure == Measured.EXACT) {
      return said.equals(wanted) ? 1 : 0;
    }
    List<String> saidWords = WhiteSpace.split(said);
    List<String> wantedWords = WhiteSpace.split(wanted);
    if (form == Form.SQUAD_2 && (saidWords.isEmpty() || wantedWords.isEmpty())) {
      return saidWords.equals(wantedWords) ? 1 : 0;
    }
    long common = NgramCounts.matches(NgramCounts.of(saidWords, 1), NgramCounts.of(wantedWords, 1));
    return Rouge.Overlap.of(common, saidWords.size(), wantedWords.size()).f1();
  }

  /// F1 of the longest run that stands in both.
  private static double commonRun(List<String> said, List<String> wanted) {
    Set<String> known = new HashSet<>(wanted);
    int[] row = new int[wanted.size() + 1];
    int longest = 0;
    for (String word : said) {
      boolean there = known.contains(word);
      for (int j = wanted.size(); j > 0; j--) {
        row[j] = there && word.equals(wanted.get(j - 1)) ? row[j - 1] + 1 : 0;
        longest = Math.max(longest, row[j]);
      }
    }
    return Rouge.Overlap.of(longest, said.size(), wanted.size()).f1();
  }
}
