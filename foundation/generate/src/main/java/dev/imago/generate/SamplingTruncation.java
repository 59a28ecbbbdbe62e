package dev.imago.generate;

/// Which of the unlikely tokens are left out before one is drawn: each rule looks at what the one
/// before it has left, in this order.
///
/// @param topK this many likeliest tokens; 0 for all. Fan et al. 2018, arXiv:1805.04833
/// @param topP the smallest set of likeliest tokens of at least this probability; 1 for all.
///   Holtzman et al. 2020, arXiv:1904.09751
/// @param minP those at least this many times as likely as the likeliest; 0 for all. Nguyen et al.
///   2024, arXiv:2407.01082
/// @param typicalP the smallest set, of at least this probability, of tokens that are nearly as
///   surprising as is to be expected; 1 for all. Meister et al. 2023, arXiv:2202.00666
public record SamplingTruncation(int topK, float topP, float minP, float typicalP) {
  /// Leaves all tokens in.
  public static final SamplingTruncation NONE = new SamplingTruncation(0, 1, 0, 1);

  public SamplingTruncation {
    SamplingBounds.within("topK", topK, 0, Integer.MAX_VALUE);
    SamplingBounds.aboveNought("topP", topP, 1);
    SamplingBounds.within("minP", minP, 0, 1);
    SamplingBounds.aboveNought("typicalP", typicalP, 1);
  }

  public SamplingTruncation withTopP(float changed) {
    return new SamplingTruncation(topK, changed, minP, typicalP);
  }

  /// Whether everything is left in.
  boolean isNone() {
    return topK == 0 && topP == 1 && minP == 0 && typicalP == 1;
  }
}
