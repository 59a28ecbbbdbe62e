package dev.imago.tensor;

/// A function of one number, between linear operations.
public enum Nonlinearity {
  /// x · σ(x). Elfwing et al. 2017, arXiv:1702.03118.
  SILU,
  /// x · Φ(x), by the error function. Hendrycks & Gimpel 2016, arXiv:1606.08415.
  GELU,
  /// Its approximation by tanh, as GPT-2 has it (`gelu_new`).
  GELU_TANH,
  RELU,
  TANH,
  SIGMOID
}
