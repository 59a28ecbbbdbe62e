package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LossesTest {
  @Test
  void theLargestReasonsAreToldWithAnExampleAndAMend() {
    var losses = new Losses();
    losses.in(100, 1_000);
    losses.lost("small", 2, 5, "a.txt", "do a");
    losses.lost("many", 31, 10, "b.txt", "do b");
    losses.lost("large", 1, 400, "c.txt", "do c");
    losses.lost("many", 10, 10, "later.txt", "do b");
    losses.lost("none", 1, 0, "d.txt", "do d");
    assertEquals(0.45, losses.share(), 1e-9);
    assertEquals(
        List.of(
            "45 of 100 documents and 425 of 1,000 bytes did not arrive:",
            "  41 for «many» (20 bytes), such as b.txt; do b",
            "  1 for «large» (400 bytes), such as c.txt; do c",
            "  2 for «small» (5 bytes), such as a.txt; do a",
            "  and 1 reason more"),
        losses.describe("documents"));
  }

  @Test
  void whatHasNoBytesIsToldWithoutThem() {
    var losses = new Losses();
    losses.in(8, 0);
    losses.lost("broken row", 4, 0, "line 2", "mend it");
    assertEquals(
        List.of("4 of 8 rows did not arrive:", "  4 for «broken row», such as line 2; mend it"),
        losses.describe("rows"));
  }
}
