package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> COMMANDS =
      List.of("run", "runs", "rm", "list", "show", "serve", "quickstart", "smoke");

  @ParameterizedTest
  @CsvSource({
    "rnu, run",
    "runn, run",
    "quikstart, quickstart",
    "Smok, smoke",
    "shwo, show",
    "sevre, serve"
  })
  void aSlipOfTheFingersFindsWhatWasMeant(String given, String meant) {
    assertEquals(Optional.of(meant), Nearest.to(given, COMMANDS));
  }

  @Test
  void whatIsLikeNothingGetsTheWholeList() {
    assertEquals(Optional.empty(), Nearest.to("banana", List.of("run", "list")));
    assertEquals("; valid are list, run", Nearest.hint("banana", List.of("run", "list")));
  }
}
