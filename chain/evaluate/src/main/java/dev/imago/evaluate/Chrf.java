package dev.imago.evaluate;

import java.util.HashMap;
import java.util.Map;

/// chrF2: the F-score, recall weighing double, of character n-grams of 1 to 6 code points without
/// white space. Popović 2015, «chrF: character n-gram F-score for automatic MT evaluation»,
/// W15-3049.
///
/// Equal to sacrebleu's `chrF2` with its default settings (`nc:6|nw:0|space:no|eff:yes`): precision
/// and recall are averaged over the orders that both sides have, and a corpus is scored from the
/// sums of its sentences' counts, not from the mean of their scores.
final class Chrf {
  static final int ORDER = 6;
  private static final double BETA_SQUARED = 4;

  private Chrf() {}

  /// The counts of one pair, [ORDER × 3]: for each order the n-grams of the hypothesis (0 where the
  /// reference has none), those of the reference, and those that match.
  static long[] counts(String hypothesis, String reference) {
    int[] said = visible(hypothesis);
    int[] wanted = visible(reference);
    long[] counts = new long[ORDER * 3];
    for (int n = 1; n <= ORDER; n++) {
      int ofReference = Math.max(0, wanted.length - n + 1);
      int ofHypothesis = Math.max(0, said.length - n + 1);
      counts[3 * n - 3] = ofReference > 0 ? ofHypothesis : 0;
      counts[3 * n - 2] = ofReference;
      counts[3 * n - 1] = matches(said, wanted, n);
    }
    return counts;
  }

  /// The score of counts, of one pair or of many added up: 0 … 100.
  static double score(long[] counts) {
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (int n = 0; n < ORDER; n++) {
      long ofHypothesis = counts[3 * n];
      long ofReference = counts[3 * n + 1];
      if (ofHypothesis > 0 && ofReference > 0) {
        precision += (double) counts[3 * n + 2] / ofHypothesis;
        recall += (double) counts[3 * n + 2] / ofReference;
        orders++;
      }
    }
    if (precision + recall == 0) {
      return 0;
    }
    precision /= orders;
    recall /= orders;
    return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
  }

  /// The score of one pair: 0 … 100.
  static double sentence(String hypothesis, String reference) {
    return score(counts(hypothesis, reference));
  }

  private static long matches(int[] said, int[] wanted, int n) {
    Map<String, int[]> left = new HashMap<>();
    for (int i = 0; i + n <= wanted.length; i++) {
      left.computeIfAbsent(new String(wanted, i, n), k -> new int[1])[0]++;
    }
    long matches = 0;
    for (int i = 0; i + n <= said.length; i++) {
      int[] count = left.get(new String(said, i, n));
      if (count != null && count[0] > 0) {
        count[0]--;
        matches++;
      }
    }
    return matches;
  }

  private static int[] visible(String text) {
    return text.codePoints().filter(c -> !isSpace(c)).toArray();
  }

  /// What Python's `str.split` parts at, as sacrebleu calls it: more than `Character.isWhitespace`.
  private static boolean isSpace(int c) {
    return c >= 0x09 && c <= 0x0d
        || c >= 0x1c && c <= 0x20
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200a
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }
}
