package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What works that go on at once take each.
final class EnergySharesTest {
  private final AtomicReference<EnergyUse> taken =
      new AtomicReference<>(new EnergyUse(5, 7, false, "sheet"));
  private final AtomicLong nanos = new AtomicLong();
  private final EnergyShares shares = new EnergyShares(() -> Optional.of(taken.get()), nanos::get);

  private void take(double low, double high) {
    taken.set(taken.get().plus(new EnergyUse(low, high, false, "sheet")));
  }

  @Test
  void eachTakesByWhatItDidAndNobodyByWhatNobodyDid() {
    take(1, 2); // before anybody came
    EnergyShares.Share one = shares.begin();
    EnergyShares.Share other = shares.begin();
    take(4, 8);
    one.did(3);
    other.did(1);
    EnergyUse first = one.end().orElseThrow();
    assertEquals(3, first.low(), 1e-9);
    assertEquals(6, first.high(), 1e-9);
    take(10, 10);
    other.did(1);
    assertEquals(11, other.end().orElseThrow().low(), 1e-9);
    take(2, 2);
    assertEquals(3, shares.idle().orElseThrow().low(), 1e-9);
    assertEquals(17, shares.whole().orElseThrow().low(), 1e-9);
  }

  @Test
  void sharesOfManyAtOnceAddUpToTheWhole() {
    var random = new Random(20);
    List<EnergyShares.Share> atWork = new ArrayList<>();
    double low = 0;
    double high = 0;
    for (int step = 0; step < 2_000; step++) {
      take(random.nextDouble(), 1 + random.nextDouble());
      nanos.addAndGet(random.nextInt(80_000_000));
      if (random.nextInt(4) == 0) {
        atWork.add(shares.begin());
      }
      atWork.forEach(share -> share.did(random.nextInt(5)));
      if (!atWork.isEmpty() && random.nextInt(3) == 0) {
        EnergyUse took = atWork.remove(random.nextInt(atWork.size())).end().orElseThrow();
        low += took.low();
        high += took.high();
      }
    }
    for (EnergyShares.Share share : atWork) {
      share.did(1);
      EnergyUse took = share.end().orElseThrow();
      low += took.low();
      high += took.high();
    }
    EnergyUse idle = shares.idle().orElseThrow();
    EnergyUse whole = shares.whole().orElseThrow();
    assertTrue(idle.low() > 0 && low > idle.low());
    assertEquals(whole.low(), low + idle.low(), 1e-6);
    assertEquals(whole.high(), high + idle.high(), 1e-6);
    assertEquals(taken.get().low() - 5, whole.low(), 1e-6);
  }

  @Test
  void whatIsNotKnownIsNoZero() {
    var unknown = new EnergyShares(Optional::empty, nanos::get);
    EnergyShares.Share share = unknown.begin();
    share.did(1);
    assertTrue(share.end().isEmpty() && unknown.idle().isEmpty() && unknown.whole().isEmpty());
  }
}
