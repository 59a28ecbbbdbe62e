package dev.imago.torch;

/// How a gradient changes the weights. Each kind keeps a state of its own, which checkpoints hold.
public sealed interface Optimizer permits AdamW, Muon, Adafactor, Sgd {
  /// The largest norm of all gradients together; 0 for no bound.
  double clip();
}
