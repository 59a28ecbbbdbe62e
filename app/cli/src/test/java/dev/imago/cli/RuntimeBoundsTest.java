package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.core.Bounds;
import dev.imago.generate.Ending;
import dev.imago.generate.Penalties;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// The runtime has no settings and throws what the JDK throws; its words are the settings' all the
/// same.
class RuntimeBoundsTest {
  private static String words(Executable check) {
    return String.valueOf(assertThrows(RuntimeException.class, check).getMessage())
        .replaceFirst("; .*", "");
  }

  @Test
  void theRuntimeRefusesInTheWordsOfASetting() {
    assertEquals(
        words(() -> Bounds.number("temperature", 101.5, 0, 100)),
        words(
            () ->
                new Sampling(101.5f, SamplingTruncation.NONE, Penalties.NONE, 0, Ending.after(1))));
    assertEquals(
        words(() -> Bounds.number("repetitionPenalty", 0, 0.01f, 10)),
        words(() -> new Penalties(0, 0, 0, Map.of())));
    assertEquals(
        words(() -> Bounds.whole("minTokens", 3, 0, 2)),
        words(() -> new Ending(2, 3, false, Set.of(), List.of())));
  }
}
