package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StopTextTest {
  @Test
  void what_may_begin_a_stop_text_waits() {
    var stop = new StopText(List.of("\n\n", "END"));
    assertEquals("a", stop.add("a\n"));
    assertEquals("\nb ", stop.add("b E"));
    assertEquals("", stop.add("N"));
    assertEquals("ENd", stop.add("d"));
    assertFalse(stop.stopped());
    assertEquals("x", stop.add("x\n\ny"));
    assertTrue(stop.stopped());
    assertEquals("", stop.rest());
  }

  @Test
  void any_cutting_of_a_text_gives_what_precedes_the_first_stop() {
    var random = new Random(3);
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder();
      for (int k = random.nextInt(30); k > 0; k--) {
        text.append((char) ('a' + random.nextInt(2)));
      }
      List<String> stops = List.of("abba", "bbb");
      int first = Math.min(at(text, "abba"), at(text, "bbb"));
      var stop = new StopText(stops);
      var out = new StringBuilder();
      for (int at = 0; at < text.length() && !stop.stopped(); ) {
        int to = Math.min(text.length(), at + random.nextInt(3));
        out.append(stop.add(text.substring(at, to)));
        at = to;
      }
      assertEquals(first < text.length(), stop.stopped());
      // Where both end in one piece, the one that begins first counts; piece by piece, the one
      // that ends first.
      if (!stop.stopped()) {
        out.append(stop.rest());
        assertEquals(text.toString(), out.toString());
      } else {
        assertTrue(text.toString().startsWith(out.toString()));
        assertTrue(
            text.substring(out.length()).startsWith("abba")
                || text.substring(out.length()).startsWith("bbb"));
      }
    }
  }

  private static int at(CharSequence text, String stop) {
    int at = text.toString().indexOf(stop);
    return at < 0 ? text.length() : at;
  }
}
