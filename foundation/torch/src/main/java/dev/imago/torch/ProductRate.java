package dev.imago.torch;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// How fast products of matrices are on all workers at once: the ceiling of training.
final class ProductRate {
  /// Rows and columns of the products, and for how long they are measured.
  private static final int SIZE = 512;

  private static final long NANOS = 30_000_000;

  private ProductRate() {}

  /// Floating-point operations a second, of all workers together.
  ///
  /// @param threads of each
  static double of(Workers workers, Precision precision, int threads) {
    double[] rates = new double[workers.count()];
    workers.run(
        r -> {
          try (PointerScope _ = new PointerScope();
              NoGradGuard _ = new NoGradGuard()) {
            // Ones: a random one would change what is drawn after it.
            Tensor a = torch.ones(SIZE, SIZE);
            Tensor x = precision == Precision.BF16 ? a.to(ScalarType.BFloat16) : a;
            product(x, precision, threads).close();
            long begun = System.nanoTime();
            long products = 0;
            do {
              product(x, precision, threads).close();
              products++;
            } while (System.nanoTime() - begun < NANOS);
            double seconds = (System.nanoTime() - begun) / 1e9;
            rates[r] = 2.0 * SIZE * SIZE * SIZE * products / seconds;
          }
        });
    return Arrays.stream(rates).sum();
  }

  private static Tensor product(Tensor x, Precision precision, int threads) {
    return precision == Precision.BF16 ? x.matmul(x) : Products.linear(x, x, threads);
  }
}
