package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.torch.Batch;
import java.util.List;

/// When training ends before its tokens, and which weights come out.
///
/// @param development share of the training documents that are set apart to decide; 0 for none, and
///   the last weights come out. Its loss is measured every `evaluateEvery` steps, on as many tokens
///   as the held-out one
/// @param patience measurements without a better one after which training ends; 0 for never
/// @param leastGain nats by which a measurement must be better to count as one
/// @param keepBest of how many of the best measurements the weights are kept; their mean comes out
public record Stopping(double development, int patience, double leastGain, int keepBest) {
  public static final Stopping NONE = new Stopping(0, 0, 0, 1);

  public Stopping {
    Bounds.number("development", development, 0, 0.5, "0.01 … 0.1 are usual, 0 for none");
    Bounds.whole("patience", patience, 0, 1_000_000);
    Bounds.number("leastGain", leastGain, 0, 10, "0 … 0.01 are usual");
    Bounds.whole("keepBest", keepBest, 1, 100);
    if (development == 0 && (patience > 0 || leastGain > 0 || keepBest > 1)) {
      throw new ConfigException(
          "development = 0 sets nothing apart for patience, leastGain and keepBest to go by; give"
              + " 0.02, say");
    }
    if (patience == 0 && leastGain > 0) {
      throw new ConfigException(
          "leastGain = %s is what patience goes by, and patience = 0 never ends training; give patience = 5, say"
              .formatted(leastGain));
    }
  }

  /// Bytes of the best weights that lie beside the checkpoints, and of one more while it is
  /// written.
  public long bestBytes(long parameters) {
    return development > 0 ? Float.BYTES * parameters * (keepBest + 1L) : 0;
  }

  /// By what training is ended and its weights chosen.
  ///
  /// @param batches of the development part
  public Development by(List<Batch> batches) {
    return new Development(batches, patience, leastGain, keepBest);
  }
}
