package dev.imago.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// chrF: the F-score of character n-grams, and chrF++ of word n-grams too, at sacreBLEU's values.
/// Popović 2015, W15-3049, and 2017, W17-4770.
///
/// Precision and recall are averaged over the orders that both sides have, and a corpus is scored
/// from the sums of its texts' counts, not from the mean of their scores. Of several references the
/// one of the best score counts.
///
/// @param characterOrder the longest n-gram of characters, 6 as a rule
/// @param wordOrder the longest n-gram of words: 0 of chrF, 2 of chrF++
/// @param beta how much more recall weighs, 2 as a rule
/// @param lowercase whether case is ignored
/// @param whitespace whether white space is a character, too
/// @param epsilonSmoothing whether an order that one side lacks counts as almost 0, as in NLTK and
///   Moses, instead of being left out
public record Chrf(
    int characterOrder,
    int wordOrder,
    int beta,
    boolean lowercase,
    boolean whitespace,
    boolean epsilonSmoothing)
    implements TextMetric {
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  private static final double EPSILON = 1e-16;

  public Chrf {
    if (characterOrder < 0 || wordOrder < 0 || characterOrder + wordOrder == 0) {
      throw new IllegalArgumentException(
          "orders of %d characters and %d words count nothing; 6 and 0 are usual"
              .formatted(characterOrder, wordOrder));
    }
    if (beta < 1) {
      throw new IllegalArgumentException("beta = %d is below 1; 2 is usual".formatted(beta));
    }
  }

  /// sacreBLEU's defaults: `chrF2`, `case:mixed|eff:yes|nc:6|nw:0|space:no`.
  public static Chrf standard() {
    return new Chrf(6, 0, 2, false, false, false);
  }

  /// chrF++: words alone and in pairs count, too.
  public static Chrf plusPlus() {
    return new Chrf(6, 2, 2, false, false, false);
  }

  @Override
  public String name() {
    return "chrF" + beta + "+".repeat(wordOrder);
  }

  @Override
  public String signature(int references) {
    return SacreBleu.signature(
        references,
        "case:%s|eff:%s|nc:%d|nw:%d|space:%s"
            .formatted(
                lowercase ? "lc" : "mixed",
                SacreBleu.yes(!epsilonSmoothing),
                characterOrder,
                wordOrder,
                SacreBleu.yes(whitespace)));
  }

  /// For each order, of characters and then of words: the n-grams of the hypothesis (0 where the
  /// reference has none), those of the reference, and those that match.
  @Override
  public double[] counts(String hypothesis, List<String> references) {
    List<Map<String, Integer>> said = ngrams(hypothesis);
    double[] best = new double[0];
    double most = -1;
    for (String reference : references) {
      List<Map<String, Integer>> wanted = ngrams(reference);
      double[] counts = new double[3 * said.size()];
      for (int i = 0; i < said.size(); i++) {
        counts[3 * i] = wanted.get(i).isEmpty() ? 0 : NgramCounts.total(said.get(i));
        counts[3 * i + 1] = NgramCounts.total(wanted.get(i));
        counts[3 * i + 2] = NgramCounts.matches(said.get(i), wanted.get(i));
      }
      double score = score(counts);
      if (score > most) {
        most = score;
        best = counts;
      }
    }
    return best;
  }

  /// 0 … 100.
  @Override
  public double score(double[] counts) {
    double weight = (double) beta * beta;
    double precisions = 0;
    double recalls = 0;
    double smoothed = 0;
    int orders = 0;
    for (int i = 0; i < counts.length; i += 3) {
      double precision = counts[i] > 0 ? counts[i + 2] / counts[i] : EPSILON;
      double recall = counts[i + 1] > 0 ? counts[i + 2] / counts[i + 1] : EPSILON;
      double both = weight * precision + recall;
      smoothed += both > 0 ? (1 + weight) * precision * recall / both : EPSILON;
      if (counts[i] > 0 && counts[i + 1] > 0) {
        precisions += precision;
        recalls += recall;
        orders++;
      }
    }
    if (epsilonSmoothing) {
      return 100 * smoothed / (characterOrder + wordOrder);
    }
    if (precisions + recalls == 0) {
      return 0;
    }
    double precision = precisions / orders;
    double recall = recalls / orders;
    return 100 * ((1 + weight) * precision * recall / (weight * precision + recall));
  }

  private List<Map<String, Integer>> ngrams(String text) {
    String cased = lowercase ? LowerCase.of(text) : text;
    int[] points = cased.codePoints().filter(c -> whitespace || !WhiteSpace.is(c)).toArray();
    var ngrams = new ArrayList<Map<String, Integer>>();
    for (int n = 1; n <= characterOrder; n++) {
      ngrams.add(NgramCounts.of(points, n));
    }
    if (wordOrder > 0) {
      List<String> words = words(cased);
      for (int n = 1; n <= wordOrder; n++) {
        ngrams.add(NgramCounts.of(words, n));
      }
    }
    return ngrams;
  }

  /// Words with one sign at their end, or else at their beginning, apart.
  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    for (String word : WhiteSpace.split(text)) {
      int last = word.length() - 1;
      if (word.codePointCount(0, word.length()) == 1) {
        words.add(word);
      } else if (PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
        words.add(word.substring(0, last));
        words.add(word.substring(last));
      } else if (PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
        words.add(word.substring(0, 1));
        words.add(word.substring(1));
      } else {
        words.add(word);
      }
    }
    return words;
  }
}
