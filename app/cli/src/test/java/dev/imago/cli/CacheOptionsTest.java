package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What a server that keeps no keys and values has to refuse.
class CacheOptionsTest {
  @Test
  void whatWasAskedForIsToldFromWhatIsUsual() {
    assertTrue(CacheOptions.isUsual(CacheOptions.budget("f32", "")));
    assertFalse(CacheOptions.isUsual(CacheOptions.budget("f32", "64MB")));
    assertFalse(CacheOptions.isUsual(CacheOptions.budget("f16", "")));
  }
}
