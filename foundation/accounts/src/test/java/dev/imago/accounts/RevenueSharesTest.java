package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RevenueSharesTest {
  private static Invoice invoice(long net, Map<String, Long> costs) {
    var lines = new ArrayList<Invoice.Line>();
    costs.forEach((model, cost) -> lines.add(new Invoice.Line(model, 1, 1, 0, 1, 0, cost)));
    return new Invoice(
        1, "invoice", "acme", "2026-11", "UTC", 0, "2026-12-01", "EUR", lines, net, 0, 0, net);
  }

  @Test
  void eachLineIsDividedToTheLastMillionth() {
    var parts =
        Map.of(
            "tiny",
            List.of(
                new RevenueShares.Part("News", "raw/1", 3_333),
                new RevenueShares.Part("Labels", "labels/2", 3_333)));
    List<RevenueShares.Share> shares =
        RevenueShares.of(invoice(100, Map.of("tiny", 7L)), parts, "us");
    assertEquals(Map.of("Labels", 33L, "News", 33L, "us", 34L), RevenueShares.byOwner(shares));
    var two = RevenueShares.of(invoice(10_000, Map.of("tiny", 1L, "other", 2L)), parts, "us");
    assertEquals(10_000, two.stream().mapToLong(RevenueShares.Share::amount).sum(), two::toString);
    var back = RevenueShares.of(invoice(-100, Map.of("tiny", -7L)), parts, "us");
    assertEquals(Map.of("Labels", -33L, "News", -33L, "us", -34L), RevenueShares.byOwner(back));
    var free = RevenueShares.of(invoice(0, Map.of("tiny", 0L)), parts, "us");
    assertEquals(0, free.stream().mapToLong(RevenueShares.Share::amount).sum());
    var many = Map.of("tiny", List.of(new RevenueShares.Part("a", "b", 10_001)));
    assertThrows(
        ConfigException.class, () -> RevenueShares.of(invoice(1, Map.of("tiny", 1L)), many, "us"));
  }

  @Test
  void theSharesSumIsTheNetWhateverTheParts() {
    var random = new Random(3);
    for (int i = 0; i < 300; i++) {
      var costs = new HashMap<String, Long>();
      var parts = new HashMap<String, List<RevenueShares.Part>>();
      for (int m = 0; m <= random.nextInt(5); m++) {
        costs.put("m" + m, random.nextLong(1L << 50));
        var of = new ArrayList<RevenueShares.Part>();
        for (int p = 0; p < random.nextInt(6); p++) {
          of.add(new RevenueShares.Part("o" + random.nextInt(3), "a" + p, random.nextInt(1_900)));
        }
        parts.put("m" + m, of);
      }
      long net = random.nextLong(1L << 50);
      var shares = RevenueShares.of(invoice(net, costs), parts, "us");
      assertEquals(net, shares.stream().mapToLong(RevenueShares.Share::amount).sum());
    }
  }
}
