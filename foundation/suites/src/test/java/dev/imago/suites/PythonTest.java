package dev.imago.suites;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What Python 3 says, digit for digit.
class PythonTest {
  @Test
  void drawsArePythons() {
    var random = new PythonRandom(1234);
    assertEquals(0.9664535356921388, random.nextDouble());
    assertEquals(0.4407325991753527, random.nextDouble());
    List<Integer> all = IntStream.range(0, 40).boxed().toList();
    assertEquals(List.of(28, 7, 0, 5, 37), new PythonRandom(1234).sample(all, 5));
    List<Integer> many = IntStream.range(0, 5_000).boxed().toList();
    assertEquals(List.of(3610, 957, 61), new PythonRandom(1234).sample(many, 3));
  }

  @Test
  void literalsAreRead() {
    assertEquals(
        List.of("it's", "a \"b\"", 3L, -1.5, true, List.of("x")),
        LiteralReader.read("[\"it's\", 'a \"b\"', 3, -1.5, True, ('x',)]"));
    assertEquals(Map.of("a", 1L), LiteralReader.read("{'a': 1,}"));
    assertEquals("ab\n猫", LiteralReader.read("'a' 'b\\n\\u732b'"));
    for (String broken : List.of("[", "['a' b]", "__import__('os')", "1 + 1", "'a\\x1'")) {
      assertThrows(IllegalArgumentException.class, () -> LiteralReader.read(broken), broken);
    }
  }
}
