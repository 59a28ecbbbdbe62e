package dev.imago.torch;

/// In what numbers matrices are multiplied; weights, sums and updates are always FP32.
public enum Precision {
  F32,
  /// Inputs rounded to BF16, as autocast does: oneDNN, faster where the processor has BF16.
  BF16
}
