package dev.imago.pretrain;

import dev.imago.data.TokenShards;
import dev.imago.torch.Batch;
import java.util.List;

/// How often each token stands in a text, as a model that sees nothing else. The probability of w
/// is (c(w) + 1) / (N + V), Laplace's. A model of masked tokens has learnt of words in their places
/// only where it does better.
///
/// *N tokens, V vocabulary.*
final class Unigram {
  private final long[] counts;
  private final long all;

  Unigram(TokenShards text, int vocabulary) {
    counts = new long[vocabulary];
    all = text.size();
    for (long i = 0; i < all; i++) {
      counts[text.id(i)]++;
    }
  }

  /// In nats a target; NaN where there is none.
  double loss(List<Batch> batches) {
    double sum = 0;
    long targets = 0;
    for (Batch batch : batches) {
      for (int target : batch.targets()) {
        if (target != Batch.IGNORED) {
          sum -= Math.log((counts[target] + 1.0) / (all + counts.length));
          targets++;
        }
      }
    }
    return targets == 0 ? Double.NaN : sum / targets;
  }
}
