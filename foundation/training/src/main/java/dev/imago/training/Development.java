package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.List;

/// What decides which weights come out, and when training ends before its last step.
///
/// @param batches of the development part, on which a loss is measured as often as the held-out one
/// @param patience measurements without a better one after which training ends; 0 for never
/// @param leastGain nats by which a measurement must be better to count as one
/// @param keepBest of how many of the best measurements the weights are kept; their mean comes out
public record Development(List<Batch> batches, int patience, double leastGain, int keepBest) {
  public Development {
    batches = List.copyOf(batches);
    if (batches.isEmpty() || patience < 0 || !(leastGain >= 0) || keepBest < 1) {
      throw new IllegalArgumentException(
          "%d batches, patience = %d, leastGain = %s, keepBest = %d: there is a batch, keepBest is 1 at least, the others not below 0"
              .formatted(batches.size(), patience, leastGain, keepBest));
    }
  }
}
