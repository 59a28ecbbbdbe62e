package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BoundsTest {
  private static void refused(String message, Executable check) {
    assertEquals(message, assertThrows(ConfigException.class, check).getMessage());
  }

  @Test
  void boundsBelongToWhatTheyBound() {
    assertDoesNotThrow(() -> Bounds.whole("n", 1, 1, 3));
    assertDoesNotThrow(() -> Bounds.whole("n", 3, 1, 3));
    assertDoesNotThrow(() -> Bounds.number("p", 0, 0, 1));
    assertDoesNotThrow(() -> Bounds.number("p", 0.01f, 0.01f, 1));
    assertDoesNotThrow(() -> Bounds.above("p", 1, 0, 1, "0.5 is usual"));
  }

  @Test
  void aMessageHasTheValueTheBoundsAndAMend() {
    refused("n = 4 is outside 1 … 3; give one in between", () -> Bounds.whole("n", 4, 1, 3));
    refused("n = 0 is outside 1 … 3; 2 is usual", () -> Bounds.whole("n", 0, 1, 3, "2 is usual"));
    refused(
        "p = 2 is outside 0 … 1; 0.5 is usual", () -> Bounds.number("p", 2, 0, 1, "0.5 is usual"));
    refused(
        "p = 0 is not above 0 and at most 0.5; 0.02 is usual",
        () -> Bounds.above("p", 0, 0, 0.5, "0.02 is usual"));
  }

  @Test
  void theLargestIntAndLongAreNoBounds() {
    refused("n = 0 is below 1; give 1 or more", () -> Bounds.whole("n", 0, 1, Integer.MAX_VALUE));
    refused("n = 0 is below 1; give 1 or more", () -> Bounds.whole("n", 0, 1, Long.MAX_VALUE));
  }

  @Test
  void noNumberIsWithinNoBounds() {
    assertThrows(ConfigException.class, () -> Bounds.number("p", Double.NaN, 0, 1));
    assertThrows(ConfigException.class, () -> Bounds.above("p", Double.NaN, 0, 1, ""));
    assertThrows(
        ConfigException.class,
        () -> Bounds.number("p", Double.POSITIVE_INFINITY, 0, Double.MAX_VALUE));
  }

  @Test
  void floatsAreToldWithAFloatsDigits() {
    refused(
        "p = 0.009 is outside 0.01 … 10; give one in between",
        () -> Bounds.number("p", 0.009f, 0.01f, 10));
  }
}
