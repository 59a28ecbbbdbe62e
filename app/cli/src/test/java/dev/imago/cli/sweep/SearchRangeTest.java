package dev.imago.cli.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Ranges as they are written, and what is drawn of them.
class SearchRangeTest {
  @Test
  void valuesAreAChoice() {
    SearchRange choice = SearchRange.parse("a", "adamw, muon,[1,2],0.5", false);
    assertEquals(List.of("adamw", "muon", "[1,2]", "0.5"), choice.ends());
    assertEquals(List.of("3"), SearchRange.parse("a", "3", true).ends());
  }

  @Test
  void anEvenRangeIsDrawnEvenlyAndAWholeOneWithBothItsEnds() {
    var random = new Random(1);
    SearchRange even = SearchRange.parse("a", "0.1..0.3", false);
    double sum = 0;
    for (int i = 0; i < 2000; i++) {
      double value = Double.parseDouble(even.draw(random));
      assertTrue(value >= 0.1 && value <= 0.3, even.draw(random));
      sum += value;
    }
    assertEquals(0.2, sum / 2000, 0.005);
    var drawn = new TreeMap<String, Integer>();
    SearchRange whole = SearchRange.parse("a", "2..4", true);
    for (int i = 0; i < 3000; i++) {
      drawn.merge(whole.draw(random), 1, Integer::sum);
    }
    assertEquals(new TreeSet<>(List.of("2", "3", "4")), new TreeSet<>(drawn.keySet()));
    drawn.values().forEach(n -> assertEquals(1000, n, 120));
  }

  @Test
  void aLogarithmicRangeGivesEachPowerOfTenItsShare() {
    var random = new Random(2);
    SearchRange log = SearchRange.parse("a", "log:1e-4..1e-2", false);
    int low = 0;
    for (int i = 0; i < 2000; i++) {
      String value = log.draw(random);
      assertTrue(value.matches("0\\.\\d+"), value);
      low += Double.parseDouble(value) < 1e-3 ? 1 : 0;
    }
    assertEquals(1000, low, 100);
    assertEquals(0.5, log.place("0.001"), 1e-9);
  }

  @Test
  void whatIsNoRangeIsRefusedWithTheMend() {
    refused("1e-2..1e-3", false, "is empty");
    refused("log:0..1", false, "no logarithm at 0");
    refused("log:-1..1", false, "no logarithm at -1");
    refused("1..x", false, "«x» is no number");
    refused("", false, "is empty");
    refused("1,,2", false, "is no range");
    refused("log:5", false, "two ends");
    refused("0.5..2", true, "whole number");
    refused("a,' '", false, "leaves a value empty");
    refused("[1,2", false, "is no range");
  }

  private static void refused(String text, boolean whole, String words) {
    String message =
        assertThrows(ConfigException.class, () -> SearchRange.parse("a", text, whole)).getMessage();
    assertTrue(message.contains(words), message);
  }

  @Test
  void budgetsGrowByEtaAndEndAtTheHighest() {
    Halving halving = Halving.of("pretrain.tokens", "200000..1800000", 3, true);
    assertEquals(List.of("200000", "600000", "1800000"), halving.budgets());
    assertEquals(
        List.of(27, 9, 3),
        List.of(halving.reach(0, 27), halving.reach(1, 27), halving.reach(2, 27)));
    assertEquals(1, halving.reach(2, 4));
    String message =
        assertThrows(ConfigException.class, () -> Halving.of("a", "10..20", 3, true)).getMessage();
    assertTrue(message.contains("nothing to halve"), message);
    assertThrows(ConfigException.class, () -> Halving.of("a", "1,2", 3, true));
    assertThrows(ConfigException.class, () -> Halving.of("a", "0..2", 3, true));
  }
}
