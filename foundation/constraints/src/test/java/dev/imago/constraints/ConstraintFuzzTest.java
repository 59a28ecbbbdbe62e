package dev.imago.constraints;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ConstraintFuzzTest {
  private static final int MUTATIONS =
      20 * Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));

  private static final String ALPHABET = "{}[]()\"\\,:|*+?^$-0123456789abrstu.<>#= \n\u00e9";

  @Test
  void whatever_a_rule_holds_it_is_read_or_refused_and_leads_to_no_dead_end() {
    var random = new Random(11);
    for (String seed : ConstraintFuzz.SEEDS) {
      ConstraintFuzz.fuzzerTestOneInput(seed.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < MUTATIONS; i++) {
        String changed = changed(seed, random);
        try {
          ConstraintFuzz.fuzzerTestOneInput(changed.getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException | Error e) {
          throw new AssertionError("«" + changed + "»", e);
        }
      }
    }
  }

  /// With a few characters changed, left out or put in, or a stretch written twice.
  private static String changed(String text, Random random) {
    var changed = new StringBuilder(text);
    for (int i = random.nextInt(3); i >= 0 && changed.length() > 3; i--) {
      int at = 1 + random.nextInt(changed.length() - 1);
      char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      switch (random.nextInt(4)) {
        case 0 -> changed.setCharAt(at, c);
        case 1 -> changed.deleteCharAt(at);
        case 2 -> changed.insert(at, c);
        default -> {
          int to = Math.min(changed.length(), at + random.nextInt(20));
          changed.insert(to, changed.substring(at, to));
        }
      }
    }
    return changed.toString();
  }
}
