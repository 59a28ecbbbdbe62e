package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MuonUpdateTest {
  private static final long[][] SHAPES = {{24, 40}, {40, 24}, {32, 32}};

  @Test
  void roundedNumbersInFp32GiveWhatProductsOfBf16Give() {
    try (PointerScope _ = new PointerScope()) {
      for (long[] shape : SHAPES) {
        torch.manual_seed(7);
        Tensor matrix = torch.randn(shape);
        Tensor products = MuonUpdate.orthogonalised(matrix, 5, true).to(ScalarType.Float);
        Tensor rounded = MuonUpdate.orthogonalised(matrix, 5, false);
        double apart = products.sub(rounded).norm().item_double() / products.norm().item_double();
        // Small singular values are where the roundings show.
        assertTrue(apart < 0.03, "apart by " + apart);
      }
    }
  }

  @Test
  void singularValuesComeNearOne() {
    try (PointerScope _ = new PointerScope()) {
      for (long[] shape : SHAPES) {
        torch.manual_seed(7);
        Tensor x = MuonUpdate.orthogonalised(torch.randn(shape), 5, false);
        // The sum of squares of the singular values, which the quintic leaves in 0.7 … 1.2.
        double mean = Math.pow(x.norm().item_double(), 2) / Math.min(shape[0], shape[1]);
        assertEquals(1, mean, 0.3);
      }
    }
  }

  @Test
  void theProcessorsFlagsTellWhetherItMultipliesBf16(@TempDir Path folder) throws Exception {
    Path info = folder.resolve("cpuinfo");
    Files.writeString(info, "processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16 sse4a\n");
    assertTrue(Bf16.flagged(info));
    Files.writeString(info, "processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n");
    assertTrue(Bf16.flagged(info));
    Files.writeString(info, "processor\t: 0\nflags\t\t: fpu avx2 f16c\n");
    assertFalse(Bf16.flagged(info));
    assertFalse(Bf16.flagged(folder.resolve("none")));
  }
}
