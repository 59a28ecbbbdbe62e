package dev.imago.torch;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// How fast products of matrices are on all workers at once: the ceiling of training.
final class ProductRate {
  /// Rows and columns of the products, and for how long they are measured.
  private static final int SIZE = 512;

  /// The same where smaller ones would leave most of the processor idle.
  private static final int GPU_SIZE = 4096;

  private static final long NANOS = 30_000_000;

  private ProductRate() {}

  /// Floating-point operations a second, of all workers together.
  ///
  /// @param threads of each
  /// @param place of the products
  static double of(Workers workers, Precision precision, int threads, Place place) {
    int size = place.gpu() ? GPU_SIZE : SIZE;
    double[] rates = new double[workers.count()];
    workers.run(
        r -> {
          try (PointerScope _ = new PointerScope();
              NoGradGuard _ = new NoGradGuard()) {
            // Ones: a random one would change what is drawn after it.
            Tensor a = place.ones(size, size);
            Tensor x = precision == Precision.BF16 ? a.to(ScalarType.BFloat16) : a;
            awaited(product(x, precision, threads), place);
            long begun = System.nanoTime();
            long products = 0;
            do {
              awaited(product(x, precision, threads), place);
              products++;
            } while (System.nanoTime() - begun < NANOS);
            double seconds = (System.nanoTime() - begun) / 1e9;
            rates[r] = 2.0 * size * size * size * products / seconds;
          }
        });
    return Arrays.stream(rates).sum();
  }

  private static void awaited(Tensor product, Place place) {
    if (place.gpu()) {
      double _ = product.view(-1).narrow(0, 0, 1).item_double();
    }
    product.close();
  }

  private static Tensor product(Tensor x, Precision precision, int threads) {
    return precision == Precision.BF16 ? x.matmul(x) : Products.linear(x, x, threads);
  }
}
