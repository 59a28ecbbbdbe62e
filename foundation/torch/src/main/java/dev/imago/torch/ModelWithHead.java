package dev.imago.torch;

import dev.imago.tensor.Operations;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A model as training sees it: everything before its last layer, and that layer, which is computed
/// together with the loss.
///
/// @param hidden such as `model::hidden`
/// @param weight the last layer's matrix
/// @param bias its bias, where it has one
/// @param recomputes whether blocks keep their inputs alone and are computed again on the way back
public record ModelWithHead(
    Function<Operations<Slot, Activation>, Activation> hidden,
    Slot weight,
    @Nullable Slot bias,
    boolean recomputes) {
  /// Of which all is kept.
  public ModelWithHead(
      Function<Operations<Slot, Activation>, Activation> hidden, Slot weight, @Nullable Slot bias) {
    this(hidden, weight, bias, false);
  }
}
