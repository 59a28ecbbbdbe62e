package dev.imago.corpus;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.io.Serializable;
import java.util.List;

/// Bounds on what models of the user's own say of prose: a classifier of good and bad texts, and
/// the perplexity of an n-gram model of texts that are good.
///
/// @param classifier a file of `imago classify train`; empty asks none
/// @param good the class of good texts in it
/// @param minGood the least probability of that class
/// @param ngrams a file of `imago ngram build` of words or characters; empty asks the model that the
///   step is given, where it is given one
/// @param maxPerplexity the largest perplexity a word (or character), line ends among them
/// @param percentiles the least and the largest perplexity as percentiles of those of the corpus'
///   own prose, such as [0, 90], in place of `maxPerplexity`; empty for none
public record QualityRules(
    String classifier,
    String good,
    double minGood,
    String ngrams,
    double maxPerplexity,
    List<Double> percentiles)
    implements Serializable {
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
    Bounds.number("minGood", minGood, 0, 1, "0.5 is usual");
    Bounds.number("maxPerplexity", maxPerplexity, 1, 1e12, "1000 is usual");
  }

  public static QualityRules defaults() {
    return new QualityRules("", "good", 0.5, "", 1000, List.of());
  }
}
