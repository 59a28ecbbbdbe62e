package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class QuantityTest {
  @Test
  void oneThingIsNamedInSingular() {
    assertEquals("1 row", Quantity.of(1, "rows"));
    assertEquals("0 rows", Quantity.of(0, "rows"));
    assertEquals("2,500 documents", Quantity.of(2500, "documents"));
    assertThrows(IllegalArgumentException.class, () -> Quantity.of(1, "children"));
  }
}
