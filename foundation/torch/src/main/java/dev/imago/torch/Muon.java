package dev.imago.torch;

/// The settings of Muon: the momentum of each hidden matrix, made nearly orthogonal, is its step;
/// all else is AdamW's. Jordan et al. 2024; as `torch.optim.Muon` computes it, in BF16.
///
/// @param momentum of the gradients' mean, with Nesterov's look ahead
/// @param iterations of Newton and Schulz
/// @param scale of the orthogonal step
/// @param rest embeddings, output matrix and vectors; its weight decay and clip are everybody's
public record Muon(double momentum, int iterations, Scale scale, AdamW rest) implements Optimizer {
  /// By how much a step of a matrix [A,B] is scaled.
  public enum Scale {
    /// √max(1, A / B): for learning rates near 0.02. Jordan et al. 2024.
    SPECTRAL,
    /// 0.2 · √max(A, B), which makes the steps as large as AdamW's usually are: for AdamW's
    /// learning rates. Liu et al. 2025, arXiv:2502.16982.
    RMS
  }

  public Muon {
    if (!(momentum >= 0 && momentum < 1) || iterations < 1 || iterations > 99) {
      throw new IllegalArgumentException(
          "momentum = %s is within 0 ≤ momentum < 1, iterations = %d within 1 … 99"
              .formatted(momentum, iterations));
    }
  }

  @Override
  public double clip() {
    return rest.clip();
  }

  /// Whether a weight gets orthogonal steps: a hidden matrix that trains.
  public static boolean orthogonal(Slot slot) {
    return slot.group().trains() && slot.group().hidden() && slot.matrix();
  }
}
