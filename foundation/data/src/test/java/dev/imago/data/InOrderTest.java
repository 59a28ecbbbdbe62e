package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InOrderTest {
  @Test
  void resultsComeInTheOrderOfTheStreamWhateverTheThreads() throws Exception {
    List<Integer> in = IntStream.range(0, 5000).boxed().toList();
    for (int threads : new int[] {1, 2, 5}) {
      var out = new ArrayList<Integer>();
      InOrder.map(in.iterator(), threads, i -> i % 7 == 0 ? 1 << 20 : 9, i -> -i, out::add);
      assertEquals(in.stream().map(i -> -i).toList(), out);
    }
  }

  @Test
  void theFirstFailureInOrderIsTheOneThrown() {
    List<Integer> in = IntStream.range(0, 100).boxed().toList();
    var thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                InOrder.map(
                    in.iterator(),
                    3,
                    i -> 1 << 20,
                    i -> {
                      if (i >= 10) {
                        throw new IllegalStateException("item " + i);
                      }
                      return i;
                    },
                    i -> {}));
    assertEquals("item 10", thrown.getMessage());
  }
}
