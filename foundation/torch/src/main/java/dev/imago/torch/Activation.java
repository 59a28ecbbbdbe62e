package dev.imago.torch;

import org.bytedeco.pytorch.Tensor;

/// A tensor of a step, kept from the eyes of other modules.
public final class Activation {
  final Tensor tensor;

  Activation(Tensor tensor) {
    this.tensor = tensor;
  }
}
