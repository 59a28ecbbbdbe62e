package dev.imago.training;

import dev.imago.torch.Bf16;
import dev.imago.torch.Place;
import dev.imago.torch.Precision;

/// Of matrix products, as a setting; master weights are F32 whatever it is.
public enum TrainingPrecision {
  /// BF16 where what trains multiplies it: GPUs, and processors that say so; else F32.
  AUTO,
  F32,
  BF16;

  /// What it is there.
  public Precision on(Place place) {
    return switch (this) {
      case AUTO -> place.gpu() || Bf16.isNative() ? Precision.BF16 : Precision.F32;
      case F32 -> Precision.F32;
      case BF16 -> Precision.BF16;
    };
  }
}
