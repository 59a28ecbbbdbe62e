package dev.imago.compress;

import dev.imago.data.HeldOutLoss;
import dev.imago.generate.Speed;
import dev.imago.model.GgufMixture;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What was measured of a file, or of the model that all are made of.
///
/// @param format by its name
/// @param folder that holds it
/// @param fileBytes of the file; of the original, of its tensors
/// @param weightBytes that stay in memory, and that a token reads
/// @param loss on held-out text
/// @param divergence from F16, in nats a token; NaN of the original and of F16 itself
/// @param speed of the runtime here; null of what it does not run
record Measured(
    String format,
    Path folder,
    long fileBytes,
    long weightBytes,
    HeldOutLoss loss,
    double divergence,
    @Nullable Speed speed) {
  boolean is(GgufMixture mixture) {
    return format.equals(mixture.name());
  }

  /// By how many nats a token its loss is above another's.
  double above(Measured original) {
    return loss.above(original.loss).mean();
  }
}
