package dev.imago.agreement;

import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;

/// A coefficient of agreement.
@FunctionalInterface
public interface Coefficient {
  Agreement of(Judgements judgements);

  /// With the interval that draws of items give; a draw in which it is undefined is left out, and
  /// all three are NaN where it is undefined over all.
  default Interval interval(Judgements judgements, Bootstrap bootstrap) {
    double value = of(judgements).orNaN();
    return Double.isNaN(value)
        ? new Interval(value, value, value)
        : bootstrap.interval(judgements.items(), items -> of(judgements.drawn(items)).orNaN());
  }

  /// The share of pairs of judgements of an item that are the same, meant over the items that at
  /// least two judged.
  static Coefficient percent() {
    return judgements -> {
      double observed = PairwiseAgreement.observed(judgements);
      return Double.isNaN(observed)
          ? PairwiseAgreement.alone()
          : new Agreement.Value(observed, observed, 0);
    };
  }

  /// Cohen's κ of two raters: chance by each rater's own habits. Cohen 1960.
  static Coefficient cohen() {
    return new CohenKappa(Distance.nominal());
  }

  /// Cohen's weighted κ of two raters. Cohen 1968.
  static Coefficient cohen(Distance weights) {
    return new CohenKappa(weights);
  }

  /// Scott's π of two raters: chance by their common habits. Scott 1955.
  static Coefficient scott() {
    return judgements ->
        judgements.raters() == 2
            ? PairwiseAgreement.pooled(PairwiseAgreement.of(judgements, 2))
            : CohenKappa.ofTwo("Scott's π", judgements);
  }

  /// Fleiss' κ of a fixed number of raters an item, not always the same ones. Fleiss 1971.
  static Coefficient fleiss() {
    return judgements -> {
      int raters = 0;
      for (int item = 0; item < judgements.items(); item++) {
        int here = judgements.count(item);
        if (here > 0 && raters > 0 && here != raters) {
          return new Agreement.Undefined(
              "Fleiss' κ needs as many raters for each item, and here are %d and %d; Krippendorff's α takes missing labels"
                  .formatted(raters, here));
        }
        raters = Math.max(raters, here);
      }
      return raters < 2 ? PairwiseAgreement.alone() : PairwiseAgreement.pooled(judgements);
    };
  }

  /// Krippendorff's α, of any number of raters, with missing labels. Krippendorff 2011.
  ///
  /// Takes time of items × raters² and, of another distance than the nominal one, of labels².
  static Coefficient krippendorff(Distance distance) {
    return new KrippendorffAlpha(distance);
  }

  /// Gwet's AC1, which habits that differ in frequency move less. Gwet 2008; with missing labels as
  /// in his handbook of 2014.
  static Coefficient gwet() {
    return new GwetAc1();
  }
}
