package dev.imago.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// F32 products on the threads of one replica. OpenBLAS has one thread, and two pools would wait
/// for each other (`docs/decisions/0002`); so a product is cut into one for each thread, as a batch
/// of libtorch's, whose own pool then runs them side by side. BF16 needs none of it: oneDNN's
/// products use libtorch's pool.
///
/// *N rows, D width, O outputs, S threads.*
final class Products {
  private Products() {}

  /// x · wᵀ: [N,D], [O,D] → [N,O], the rows of x shared out; with gradients.
  static Tensor linear(Tensor x, Tensor w, int threads) {
    long rows = x.size(0) / threads;
    if (threads == 1 || rows == 0) {
      return torch.linear(x, w);
    }
    long d = x.size(1);
    long o = w.size(0);
    long even = rows * threads;
    Tensor parts = x.narrow(0, 0, even).reshape(threads, rows, d);
    Tensor y = torch.bmm(parts, w.t().unsqueeze(0).expand(threads, d, o)).view(even, o);
    return even == x.size(0)
        ? y
        : torch.cat(
            new TensorArrayRef(
                new TensorVector(y, torch.linear(x.narrow(0, even, x.size(0) - even), w))),
            0);
  }

  /// to = a · b: [N,D], [D,O] → [N,O], the rows of a shared out; without gradients.
  static void product(Tensor to, Tensor a, Tensor b, int threads) {
    long rows = a.size(0) / threads;
    if (threads == 1 || rows == 0) {
      torch.mm_out(to, a, b);
      return;
    }
    long even = rows * threads;
    torch.bmm_out(
        to.narrow(0, 0, even).view(threads, rows, b.size(1)),
        a.narrow(0, 0, even).reshape(threads, rows, a.size(1)),
        b.unsqueeze(0).expand(threads, b.size(0), b.size(1)));
    long rest = a.size(0) - even;
    if (rest > 0) {
      torch.mm_out(to.narrow(0, even, rest), a.narrow(0, even, rest), b);
    }
  }

  /// to += aᵀ · b: [N,O], [N,D] → [O,D], the rows of `to` shared out; without gradients.
  static void addTransposed(Tensor to, Tensor a, Tensor b, int threads) {
    Scalar one = new Scalar(1.0);
    long o = to.size(0);
    long rows = o / threads;
    if (threads == 1 || rows == 0) {
      torch.addmm_out(to, to, a.t(), b, one, one);
      return;
    }
    long n = a.size(0);
    long d = b.size(1);
    long even = rows * threads;
    Tensor parts = a.narrow(1, 0, even).unflatten(1, threads, rows).permute(1, 2, 0);
    to.narrow(0, 0, even)
        .view(threads, rows, d)
        .baddbmm_(parts, b.unsqueeze(0).expand(threads, n, d), one, one);
    if (even < o) {
      Tensor last = to.narrow(0, even, o - even);
      torch.addmm_out(last, last, a.narrow(1, even, o - even).t(), b, one, one);
    }
  }
}
