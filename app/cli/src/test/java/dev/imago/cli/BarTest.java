package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aPlainBarSaysALineNowAndThen() {
    try (Bar bar = new Bar(out, false, "copy", 1000, "files", () -> now)) {
      for (int i = 0; i < 100; i++) {
        now += 400_000_000L;
        bar.add(10);
      }
    }
    List<String> lines = said().lines().toList();
    assertEquals(5, lines.size(), said());
    assertTrue(
        lines.getFirst().contains("25 %  250 / 1.00 k files  25 files/s  0:30 left"), said());
    assertTrue(lines.getLast().endsWith("in 0:40"), said());
  }

  @Test
  void whatWasDoneBeforeSaysNothingOfTheRate() {
    try (Bar bar = new Bar(out, false, "learn", 1000, "steps", () -> now)) {
      bar.resume(500);
      now += 10_000_000_000L;
      bar.add(20);
    }
    assertTrue(said().contains("52 %  520 / 1.00 k steps  2 steps/s  4:00 left"), said());
  }

  @Test
  void aTerminalBarIsRedrawnInPlace() {
    try (Bar bar = new Bar(out, true, "copy", 4, "files", () -> now)) {
      now += 1_000_000_000L;
      bar.add(2);
    }
    assertTrue(said().contains("\r\u001b[2K"), said());
    assertTrue(said().contains("▕████████████            ▏  50 %"), said());
  }

  @Test
  void quantitiesAreReadable() {
    assertEquals("999", Quantity.of(999));
    assertEquals("1.00 k", Quantity.of(999.9));
    assertEquals("1.50 M", Quantity.of(1_500_000));
    assertEquals("213 MB", Quantity.of(213_256_113, "bytes"));
    assertEquals("12 B", Quantity.of(12, "bytes"));
    assertEquals("1:02:03", Quantity.of(Duration.ofSeconds(3723)));
  }

  @Test
  void tablesAlignWideCharacters() {
    assertEquals(
        """
          name   n
          ────  ──
          中文   7
          a     10
        """,
        Table.render(List.of("name", "n"), List.of(List.of("中文", "7"), List.of("a", "10"))));
  }
}
