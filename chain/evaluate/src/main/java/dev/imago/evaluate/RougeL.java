package dev.imago.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// ROUGE-L: the F1 of the longest common subsequence of words. Lin 2004, «ROUGE: A Package for
/// Automatic Evaluation of Summaries», §3.1, W04-1013.
///
/// Equal to the `rougeL` F-measure of Google's `rouge_score` without stemming: lower case, words
/// are runs of `a–z` and `0–9`, everything else parts them. A text without such a word (one in
/// Chinese, say) therefore scores 0; [Chrf] measures those.
final class RougeL {
  private RougeL() {}

  /// Harmonic mean of precision and recall, 0 … 1.
  static double f1(String hypothesis, String reference) {
    List<String> said = words(hypothesis);
    List<String> wanted = words(reference);
    if (said.isEmpty() || wanted.isEmpty()) {
      return 0;
    }
    int common = commonSubsequence(wanted, said);
    if (common == 0) {
      return 0;
    }
    double precision = (double) common / said.size();
    double recall = (double) common / wanted.size();
    return 2 * precision * recall / (precision + recall);
  }

  static List<String> words(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    var words = new ArrayList<String>();
    int from = -1;
    for (int i = 0; i <= lower.length(); i++) {
      boolean inside = i < lower.length() && isWord(lower.charAt(i));
      if (inside && from < 0) {
        from = i;
      } else if (!inside && from >= 0) {
        words.add(lower.substring(from, i));
        from = -1;
      }
    }
    return words;
  }

  private static boolean isWord(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
  }

  /// Length of the longest common subsequence, with one row of the table kept.
  private static int commonSubsequence(List<String> a, List<String> b) {
    int[] row = new int[b.size() + 1];
    for (String word : a) {
      int diagonal = 0;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        row[j] = word.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[b.size()];
  }
}
