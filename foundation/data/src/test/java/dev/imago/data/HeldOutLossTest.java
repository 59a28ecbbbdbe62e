package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeldOutLossTest {
  /// A loss by what each unit needs in nats.
  private static HeldOutLoss nats(double... nats) {
    double[] bits = Arrays.stream(nats).map(n -> n / Math.log(2)).toArray();
    return new HeldOutLoss(bits, new double[] {10, 20}, new double[] {20, 40});
  }

  @Test
  void theIncreaseIsThatOfTheSumsWithItsInterval() {
    HeldOutLoss original = nats(10, 40);
    HeldOutLoss other = nats(11, 44);
    assertEquals(50 / 30.0, original.mean(), 1e-12);
    assertEquals(50 / 60.0 / Math.log(2), original.bitsPerByte(), 1e-12);
    HeldOutLoss.Increase increase = other.above(original);
    assertEquals(5 / 30.0, increase.mean(), 1e-12);
    // Residuals −2/3 and 2/3: √(2 · 8/9 / 1) / 30.
    assertEquals(1.96 * Math.sqrt(16 / 9.0) / 30, increase.halfWidth(), 1e-12);
    assertEquals(0, original.above(original).mean());
  }

  @Test
  void oneUnitHasNoInterval() {
    var one = new HeldOutLoss(new double[] {8}, new double[] {4}, new double[] {4});
    assertEquals(2, one.bitsPerByte(), 1e-12);
    assertTrue(Double.isNaN(one.above(one).halfWidth()));
  }
}
