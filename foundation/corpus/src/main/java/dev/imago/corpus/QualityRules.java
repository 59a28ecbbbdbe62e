package dev.imago.corpus;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.io.Serializable;
import java.util.List;

/// Bounds on what models of the user's own say of prose: a classifier of good and bad texts, and
/// the perplexity of an n-gram model of texts that are good.
///
/// @param classifier a file of `imago classify train`; empty asks the one that the step is given,
///   where it is given one
/// @param good the class of good texts in it
/// @param minGood the least probability of that class
/// @param ngrams a file of `imago ngram build` of words or characters; empty asks the model that
///   the step is given, where it is given one
/// @param minPerplexity the least perplexity a word (or character), line ends among them
/// @param maxPerplexity the largest
/// @param percentiles the least and the largest perplexity as percentiles of those of the corpus'
///   own prose, such as [0, 90], in place of these two; empty for none
public record QualityRules(
    String classifier,
    String good,
    double minGood,
    String ngrams,
    double minPerplexity,
    double maxPerplexity,
    List<Double> percentiles)
    implements Serializable {
  private static final double MOST = 1e12;
  private static final double USUAL_LEAST = 0;
  private static final double USUAL_MOST = 1000;

  public QualityRules {
    percentiles = List.copyOf(percentiles);
    if (!percentiles.isEmpty()
        && !(percentiles.size() == 2
            && percentiles.getFirst() >= 0
            && percentiles.getFirst() < percentiles.getLast()
            && percentiles.getLast() <= 100)) {
      throw new ConfigException(
          "percentiles = %s are no two numbers that ascend within 0 … 100; [0, 90] leaves out the tenth that is least likely"
              .formatted(percentiles));
    }
    if (!percentiles.isEmpty() && (minPerplexity != USUAL_LEAST || maxPerplexity != USUAL_MOST)) {
      throw new ConfigException(
          "percentiles = %s stand in place of minPerplexity = %s and maxPerplexity = %s; leave out the one or the others"
              .formatted(percentiles, minPerplexity, maxPerplexity));
    }
    Bounds.number("minGood", minGood, 0, 1, "0.5 is usual");
    Bounds.number("minPerplexity", minPerplexity, 0, MOST, "0 is usual");
    Bounds.number("maxPerplexity", maxPerplexity, 1, MOST, "1000 is usual");
    if (!(minPerplexity <= maxPerplexity)) {
      throw new ConfigException(
          "minPerplexity = %s is more than maxPerplexity = %s; nothing would pass"
              .formatted(minPerplexity, maxPerplexity));
    }
  }

  public static QualityRules defaults() {
    return new QualityRules("", "good", 0.5, "", USUAL_LEAST, USUAL_MOST, List.of());
  }

  /// Refuses bounds of perplexities where there is no model that would measure them.
  ///
  /// @throws ConfigException where no model is named
  public void checkModel() {
    if (!ngrams.isEmpty()) {
      return;
    }
    String bounds =
        !percentiles.isEmpty()
            ? "percentiles = " + percentiles
            : minPerplexity != USUAL_LEAST
                ? "minPerplexity = " + minPerplexity
                : maxPerplexity != USUAL_MOST ? "maxPerplexity = " + maxPerplexity : "";
    if (!bounds.isEmpty()) {
      throw new ConfigException(
          "prepare.prose.quality.%s bounds perplexities, and no n-gram model is named; give prepare.ngramPerplexity or prepare.prose.quality.ngrams"
              .formatted(bounds));
    }
  }

  /// The same with percentiles as what they are in a corpus: at 0 and 100 no bound.
  ///
  /// @throws InputException where nothing was measured
  QualityRules bounded(Distribution measured) {
    if (measured.count() == 0) {
      throw new InputException(
          "there is no prose whose perplexity could be measured, and"
              + " prepare.prose.quality.percentiles are of that; give maxPerplexity in their"
              + " place");
    }
    double from = percentiles.getFirst();
    double to = percentiles.getLast();
    return new QualityRules(
        classifier,
        good,
        minGood,
        ngrams,
        from == 0 ? 0 : measured.quantile(from / 100),
        to == 100 ? MOST : measured.quantile(to / 100),
        List.of());
  }

  QualityRules classifier(String file) {
    return new QualityRules(file, good, minGood, ngrams, minPerplexity, maxPerplexity, percentiles);
  }

  QualityRules ngrams(String file) {
    return new QualityRules(
        classifier, good, minGood, file, minPerplexity, maxPerplexity, percentiles);
  }
}
