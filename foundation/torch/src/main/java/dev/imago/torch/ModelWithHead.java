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
public record ModelWithHead(
    Function<Operations<Slot, Activation>, Activation> hidden, Slot weight, @Nullable Slot bias) {}
