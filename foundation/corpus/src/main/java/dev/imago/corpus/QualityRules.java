package dev.imago.corpus;

import dev.imago.core.Bounds;
import java.io.Serializable;

/// Bounds on what models of the user's own say of prose: a classifier of good and bad texts, and
/// the perplexity of an n-gram model of texts that are good.
///
/// @param classifier a file of `imago classify train`; empty asks none
/// @param good the class of good texts in it
/// @param minGood the least probability of that class
/// @param ngrams a file of `imago ngram build` of words or characters; empty asks none
/// @param maxPerplexity the largest perplexity a word (or character), line ends among them
public record QualityRules(
    String classifier, String good, double minGood, String ngrams, double maxPerplexity)
    implements Serializable {
  public QualityRules {
    Bounds.number("minGood", minGood, 0, 1, "0.5 is usual");
    Bounds.number("maxPerplexity", maxPerplexity, 1, 1e12, "1000 is usual");
  }

  public static QualityRules defaults() {
    return new QualityRules("", "good", 0.5, "", 1000);
  }
}
