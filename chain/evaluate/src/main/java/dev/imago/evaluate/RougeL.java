package dev.imago.evaluate;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// ROUGE-L: the F1 of the longest common subsequence of words. Lin 2004, «ROUGE: A Package for
/// Automatic Evaluation of Summaries», §3.1, W04-1013.
///
/// Words are lower-case runs of letters, digits and the marks on them, in any script; of the
/// scripts that put no blanks between words (Chinese, Japanese, Thai …) every character is one, as
/// is usual for Chinese. Of ASCII text that is exactly the `rougeL` F-measure of Google's
/// `rouge_score` without stemming, which knows no other letters.
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
    int[] points = text.toLowerCase(Locale.ROOT).codePoints().toArray();
    var words = new ArrayList<String>();
    for (int i = 0; i < points.length; ) {
      if (!Character.isLetterOrDigit(points[i])) {
        i++;
        continue;
      }
      int end = i + 1;
      boolean alone = withoutBlanks(points[i]);
      while (end < points.length
          && (isMark(points[end])
              || !alone && Character.isLetterOrDigit(points[end]) && !withoutBlanks(points[end]))) {
        end++;
      }
      words.add(new String(points, i, end - i));
      i = end;
    }
    return words;
  }

  /// Whether a word is a single character of a script without blanks.
  static boolean isCharacter(String word) {
    return withoutBlanks(word.codePointAt(0));
  }

  private static boolean withoutBlanks(int point) {
    return point > 0x0dff // the first of them, Thai, begins at 0E00
        && switch (UnicodeScript.of(point)) {
          case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR, TIBETAN -> true;
          default -> false;
        };
  }

  private static boolean isMark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
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
