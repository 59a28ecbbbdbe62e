package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CountedTest {
  @Test
  void oneThingIsNamedInSingular() {
    assertEquals("1 row", Counted.of(1, "rows"));
    assertEquals("0 rows", Counted.of(0, "rows"));
    assertEquals("2,500 documents", Counted.of(2500, "documents"));
    assertThrows(IllegalArgumentException.class, () -> Counted.of(1, "children"));
  }
}
