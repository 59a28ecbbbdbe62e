package dev.imago.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// ROUGE: the F1 of what a text and its reference have in common, at `rouge_score`'s values. Lin
/// 2004, «ROUGE: A Package for Automatic Evaluation of Summaries», W04-1013.
///
/// A corpus scores the mean of its texts. Of several references the one of the best F1 counts.
///
/// @param variant what is in common
/// @param stemmer whether English words of more than three letters are stemmed first
/// @param words what a word is
public record Rouge(Variant variant, boolean stemmer, RougeWords words) implements TextMetric {
  /// The version of `rouge_score` whose values ours are.
  private static final String VERSION = "rouge_score-0.1.2";

  /// What of two texts is in common.
  public enum Variant {
    /// Words.
    ROUGE_1("rouge1"),
    /// Pairs of neighbouring words.
    ROUGE_2("rouge2"),
    /// The longest common subsequence of words.
    ROUGE_L("rougeL"),
    /// Of each line of the reference, the words in the longest common subsequence with some line of
    /// the text.
    ROUGE_L_SUM("rougeLsum");

    private final String key;

    Variant(String key) {
      this.key = key;
    }

    /// As `rouge_score` spells it.
    public String key() {
      return key;
    }
  }

  /// Shares of what was said, and of what was wanted, that are in common; and their harmonic mean.
  public record Overlap(double precision, double recall, double f1) {
    static Overlap of(long common, long said, long wanted) {
      double precision = (double) common / Math.max(said, 1);
      double recall = (double) common / Math.max(wanted, 1);
      double both = precision + recall;
      return new Overlap(precision, recall, both > 0 ? 2 * precision * recall / both : 0);
    }
  }

  /// As `rouge_score` has it unless told otherwise: no stemmer, words of ASCII.
  public static Rouge of(Variant variant) {
    return new Rouge(variant, false, RougeWords.ROUGE_SCORE);
  }

  @Override
  public String name() {
    return variant.key;
  }

  @Override
  public String signature(int references) {
    return "nrefs:%s|case:lc|stem:%s|tok:%s|agg:mean|version:%s"
        .formatted(
            references == 0 ? "var" : Integer.toString(references),
            stemmer ? "porter" : "no",
            words.name(),
            VERSION);
  }

  /// F1, and 1.
  @Override
  public double[] counts(String hypothesis, List<String> references) {
    double best = 0;
    for (String reference : references) {
      best = Math.max(best, overlap(hypothesis, reference).f1());
    }
    return new double[] {best, 1};
  }

  /// 0 … 1.
  @Override
  public double score(double[] counts) {
    return counts[0] / counts[1];
  }

  /// What a text has in common with one reference.
  public Overlap overlap(String hypothesis, String reference) {
    if (variant == Variant.ROUGE_L_SUM) {
      return summary(lines(hypothesis), lines(reference));
    }
    List<String> said = tokens(hypothesis);
    List<String> wanted = tokens(reference);
    if (variant == Variant.ROUGE_L) {
      return Overlap.of(CommonSubsequence.length(wanted, said), said.size(), wanted.size());
    }
    int n = variant == Variant.ROUGE_1 ? 1 : 2;
    return Overlap.of(
        NgramCounts.matches(NgramCounts.of(said, n), NgramCounts.of(wanted, n)),
        Math.max(0, said.size() - n + 1),
        Math.max(0, wanted.size() - n + 1));
  }

  /// §3.2, where no word counts more often than it stands on either side.
  private static Overlap summary(List<List<String>> said, List<List<String>> wanted) {
    Map<String, Integer> leftSaid = new HashMap<>();
    Map<String, Integer> leftWanted = new HashMap<>();
    said.forEach(line -> line.forEach(word -> leftSaid.merge(word, 1, Integer::sum)));
    wanted.forEach(line -> line.forEach(word -> leftWanted.merge(word, 1, Integer::sum)));
    long hits = 0;
    for (List<String> line : wanted) {
      boolean[] common = new boolean[line.size()];
      said.forEach(other -> CommonSubsequence.mark(line, other, common));
      for (int i = 0; i < common.length; i++) {
        String word = line.get(i);
        if (common[i]
            && leftSaid.getOrDefault(word, 0) > 0
            && leftWanted.getOrDefault(word, 0) > 0) {
          hits++;
          leftSaid.merge(word, -1, Integer::sum);
          leftWanted.merge(word, -1, Integer::sum);
        }
      }
    }
    return Overlap.of(
        hits, NgramCounts.total(leftSaid) + hits, NgramCounts.total(leftWanted) + hits);
  }

  private List<List<String>> lines(String text) {
    return Arrays.stream(text.split("\n")).filter(l -> !l.isEmpty()).map(this::tokens).toList();
  }

  private List<String> tokens(String text) {
    List<String> tokens = words.of().apply(text);
    if (!stemmer) {
      return tokens;
    }
    var stems = new ArrayList<String>(tokens.size());
    for (String token : tokens) {
      boolean english = token.length() > 3 && token.chars().allMatch(c -> c < 0x80);
      stems.add(english ? PorterStemmer.stem(token) : token);
    }
    return stems;
  }
}
