package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowerTest {
  private static final String RECIPE =
      "name: test\nseed: 1\nstages:\n  count: {n: 3}\n  sum: {inputs: {numbers: count.numbers}}\n";

  @TempDir Path folder;
  private final Told told = new Told();

  /// What the first has said lies there for the other.
  private static final class Told implements Peers {
    private final ArrayDeque<String> words = new ArrayDeque<>();

    @Override
    public void announce(String text) {
      words.add(text);
    }

    @Override
    public String next() {
      return words.remove();
    }
  }

  private boolean follow(Fixture fixture) throws InterruptedException {
    return new Follower(fixture.workspace, Compute.ofThreads(1), told, Duration.ZERO)
        .follow(fixture.plan(RECIPE));
  }

  @Test
  void itTakesPartInTheStepsThatSpreadAndInNoOthers() throws Exception {
    var first = new Fixture(folder.resolve("ws"));
    Map<String, Map<String, Artifact>> made =
        first.chain(false).together(told).run(first.plan(RECIPE));
    var other = new Fixture(folder.resolve("ws"));
    assertTrue(follow(other));
    assertEquals(List.of(made.get("count").get("numbers").ref()), other.sum.followed);
  }

  @Test
  void itEndsAsTheFirstDoes() throws Exception {
    var first = new Fixture(folder.resolve("ws"));
    first.count.failAt = 2;
    Chain chain = first.chain(false).together(told);
    assertThrows(InputException.class, () -> chain.run(first.plan(RECIPE)));
    assertFalse(follow(new Fixture(folder.resolve("ws"))));
  }

  @Test
  void anInputThatIsNotInItsWorkspaceIsToldWithTheMend() {
    var first = new Fixture(folder.resolve("ws"));
    first.chain(false).together(told).run(first.plan(RECIPE));
    var other = new Fixture(folder.resolve("elsewhere"));
    var thrown = assertThrows(EnvironmentException.class, () -> follow(other));
    assertTrue(thrown.getMessage().contains("need the same workspace"), thrown.getMessage());
  }
}
