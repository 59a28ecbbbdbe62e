package dev.imago.torch;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// What of a matrix has its largest singular values, as a product of two: up [rows,r] · down
/// [r,columns]. Meng et al. 2024, arXiv:2404.02948 (PiSSA).
public record PrincipalParts(float[] up, float[] down) {
  /// @param values of the matrix, row by row
  /// @param rank r, at most the smaller side
  /// @param divisor of the singular values, which the product is to be multiplied by
  public static PrincipalParts of(
      MemorySegment values, int rows, int columns, int rank, double divisor) {
    Libtorch.load();
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor w = torch.empty(rows, columns);
      MemorySegment.copy(values, 0, Libtorch.memory(w), 0, values.byteSize());
      var parts = torch.linalg_svd(w, false, new StringViewOptional());
      Tensor roots = parts.get1().narrow(0, 0, rank).div(new Scalar(divisor)).sqrt();
      Tensor up = parts.get0().narrow(1, 0, rank).mul(roots);
      Tensor down = parts.get2().narrow(0, 0, rank).mul(roots.view(rank, 1));
      return new PrincipalParts(Libtorch.floats(up), Libtorch.floats(down));
    }
  }
}
