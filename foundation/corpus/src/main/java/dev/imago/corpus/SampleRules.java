package dev.imago.corpus;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is chosen of documents, and how much.
///
/// @param tokens at most so many are chosen; 0 for no bound
/// @param weights how much rather a document is chosen; those that fit it multiply
/// @param shareOf the tag whose values share the tokens, `language` or `source` say; empty for none
/// @param shares of its values, in any unit; what is not named gets none
/// @param maxEpochs how often a document may be repeated where a share is larger than what there is
/// @param seed another number, another sample
public record SampleRules(
    long tokens,
    List<Weight> weights,
    String shareOf,
    Map<String, Double> shares,
    int maxEpochs,
    long seed) {
  /// A factor for documents of which a tag has a value, or, for `*`, of which it is the factor.
  public record Weight(String tag, String value, double factor) {
    static final String ITSELF = "*";

    public Weight {
      if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
        throw new ConfigException(
            "the weight of %s=%s is %s; give 0 or more".formatted(tag, value, factor));
      }
    }
  }

  public SampleRules {
    weights = List.copyOf(weights);
    shares = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(shares));
    Bounds.whole("tokens", tokens, 0, Long.MAX_VALUE);
    Bounds.whole("maxEpochs", maxEpochs, 1, 1_000);
    double all = 0;
    for (Map.Entry<String, Double> share : shares.entrySet()) {
      if (!(share.getValue() >= 0 && share.getValue() < Double.POSITIVE_INFINITY)) {
        throw new ConfigException(
            "the share of %s=%s is %s; give 0 or more"
                .formatted(shareOf, share.getKey(), share.getValue()));
      }
      all += share.getValue();
    }
    if (!shares.isEmpty() && (all <= 0 || tokens == 0 || shareOf.isEmpty())) {
      throw new ConfigException(
          "shares need a number of tokens to share, a tag, and one that is above 0; give all"
              + " three");
    }
  }

  /// How much rather a document of these tags is chosen.
  double weight(Map<String, String> tags) {
    double weight = 1;
    for (Weight each : weights) {
      String value = tags.get(each.tag());
      if (value != null && each.value().equals(Weight.ITSELF)) {
        weight *= each.factor() * number(each.tag(), value);
      } else if (each.value().equals(value)) {
        weight *= each.factor();
      }
    }
    return weight;
  }

  private static double number(String tag, String value) {
    try {
      return Math.max(0, Double.parseDouble(value));
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "%s=%s is no number, and %s=* weighs by it; name the values that there are"
              .formatted(tag, value, tag),
          e);
    }
  }
}
