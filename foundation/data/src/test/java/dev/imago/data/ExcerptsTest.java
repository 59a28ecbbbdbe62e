package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExcerptsTest {
  private static final int END = 0;
  private static final int[] LENGTHS = {1, 7, 8, 9, 100, 0, 33};
  private static final int[] BYTES = IntStream.range(0, 200).map(i -> i == END ? 0 : 2).toArray();

  @TempDir Path folder;

  @BeforeEach
  void write() {
    var header = new TokenShards.Header(200, END);
    TokenShards.writeHeader(folder, header);
    try (var writer = new TokenShards.Writer(folder, Split.HELDOUT, header)) {
      for (int length : LENGTHS) {
        // Ids 1, 2, 3 … within each document; three bytes a token, where BYTES says two.
        writer.write(IntStream.rangeClosed(1, length).toArray(), 3L * length);
      }
    }
  }

  private Excerpts draw(int window, long budget, long seed) {
    try (TokenShards tokens = TokenShards.open(folder, Split.HELDOUT)) {
      return Excerpts.draw(tokens, END, BYTES, window, budget, seed);
    }
  }

  @Test
  void aLargeBudgetScoresEveryTokenOnceEndOfTextIncluded() {
    Excerpts all = draw(8, 1 << 20, 1);
    assertEquals(Arrays.stream(LENGTHS).sum() + LENGTHS.length, all.tokens());
    for (int d = 0; d < LENGTHS.length; d++) {
      int document = d;
      int[] scored =
          all.blocks().stream()
              .filter(b -> b.document() == document)
              .flatMapToInt(b -> Arrays.stream(b.ids()).skip(b.context()))
              .toArray();
      int[] expected = IntStream.rangeClosed(1, LENGTHS[d] + 1).toArray();
      expected[LENGTHS[d]] = END;
      assertArrayEquals(expected, scored);
    }
  }

  @Test
  void bytesOfADocumentsBlocksSumToItsBytes() {
    for (int d = 0; d < LENGTHS.length; d++) {
      int document = d;
      double bytes =
          draw(8, 1 << 20, 1).blocks().stream()
              .filter(b -> b.document() == document)
              .mapToDouble(Excerpts.Block::bytes)
              .sum();
      assertEquals(3.0 * LENGTHS[d], bytes, 1e-9);
    }
  }

  @Test
  void contextIsHalfAWindowOfTheSameDocumentAtLeastOrAllThereIs() {
    for (Excerpts.Block block : draw(8, 1 << 20, 1).blocks()) {
      assertTrue(block.ids().length <= 8);
      assertTrue(block.scored() <= 4);
      int first = block.ids()[0];
      assertTrue(first == END || block.context() >= 4, Arrays.toString(block.ids()));
      for (int i = 1; i < block.context(); i++) {
        assertEquals(first + i, block.ids()[i], "context leaves its document");
      }
    }
  }

  @Test
  void theSmallestWindowIsABigrams() {
    Excerpts all = draw(2, 1 << 20, 1);
    assertTrue(all.blocks().stream().allMatch(b -> b.context() == 1 && b.scored() == 1));
  }

  @Test
  void aSmallBudgetDrawsThatManyBlocksEvenlyAndTheSameForTheSameSeed() {
    assertEquals(5, draw(8, 20, 1).blocks().size());
    assertEquals(5, draw(8, 17, 1).blocks().size());
    int[] times = new int[200];
    for (int seed = 0; seed < 2000; seed++) {
      for (Excerpts.Block block : draw(8, 20, seed).blocks()) {
        if (block.document() == 4) {
          int first = block.ids()[block.context()];
          times[first == END ? 25 : first / 4]++;
        }
      }
    }
    // The fifth document has 26 of the 45 blocks, each drawn in 5 / 45 of 2,000 draws: 222 ± 14.
    for (int block = 0; block < 26; block++) {
      assertTrue(Math.abs(times[block] - 222) < 60, "block %d: %d".formatted(block, times[block]));
    }
    assertEquals(ids(draw(8, 20, 3)), ids(draw(8, 20, 3)));
    assertEquals(
        2, new HashSet<>(java.util.List.of(ids(draw(8, 20, 3)), ids(draw(8, 20, 4)))).size());
  }

  private static String ids(Excerpts excerpts) {
    return excerpts.blocks().stream()
        .map(b -> b.document() + Arrays.toString(b.ids()))
        .toList()
        .toString();
  }
}
