package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.torch.Batch;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ids 1 … 999, of which a multiple of three begins a word of three tokens; 0 ends a document; 1000
/// masks.
final class MaskedTokensTest {
  private static final int MASK = 1000;
  private static final int LENGTH = 3000;

  private static MaskedTokens masked(Masking masking, int... ids) {
    var spared = new BitSet();
    spared.set(0);
    return new MaskedTokens(
        _ -> List.of(Batch.of(1, ids.length, ids, new int[ids.length])),
        masking,
        (before, id) -> before != 0 && id % 3 != 0,
        new MaskedTokens.Vocabulary(MASK, 1000, spared),
        5);
  }

  private static int[] text() {
    int[] ids = new int[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      ids[i] = 3 + i % 900;
    }
    for (int i = 299; i < LENGTH; i += 300) {
      ids[i] = 0;
    }
    return ids;
  }

  @ParameterizedTest
  @EnumSource(Masking.Unit.class)
  void aShareOfTheTokensIsHiddenEightOfTenByTheMask(Masking.Unit unit) {
    int[] ids = text();
    int chosen = 0;
    int masks = 0;
    int kept = 0;
    MaskedTokens masked = masked(new Masking(0.15, unit, 3.8), ids);
    for (int step = 1; step <= 60; step++) {
      Batch batch = masked.step(step).getFirst();
      for (int i = 0; i < LENGTH; i++) {
        if (batch.targets()[i] == Batch.IGNORED) {
          assertEquals(ids[i], batch.ids()[i]);
        } else {
          assertEquals(ids[i], batch.targets()[i]);
          assertTrue(ids[i] != 0 && batch.ids()[i] != 0, "what ends a document is spared");
          chosen++;
          masks += batch.ids()[i] == MASK ? 1 : 0;
          kept += batch.ids()[i] == ids[i] ? 1 : 0;
        }
      }
    }
    assertEquals(0.15, chosen / (60.0 * (LENGTH - 10)), 0.01);
    assertEquals(0.8, (double) masks / chosen, 0.03);
    assertEquals(0.1, (double) kept / chosen, 0.02);
  }

  @Test
  void theSameStepHidesTheSameAndAnotherDoesNot() {
    MaskedTokens masked = masked(Masking.USUAL, text());
    assertArrayEquals(masked.step(4).getFirst().ids(), masked.step(4).getFirst().ids());
    assertFalse(Arrays.equals(masked.step(4).getFirst().ids(), masked.step(5).getFirst().ids()));
  }

  @Test
  void wordsAreHiddenWhole() {
    int[] ids = text();
    Batch batch = masked(new Masking(0.15, Masking.Unit.WORD, 3.8), ids).step(1).getFirst();
    for (int i = 0; i + 2 < LENGTH; i++) {
      if (ids[i] % 3 == 0 && ids[i] != 0 && ids[i + 2] != 0) {
        boolean first = batch.targets()[i] != Batch.IGNORED;
        assertEquals(first, batch.targets()[i + 1] != Batch.IGNORED, "word at " + i);
        assertEquals(first, batch.targets()[i + 2] != Batch.IGNORED, "word at " + i);
      }
    }
  }

  @Test
  void spansAreOfTheLengthThatIsAskedForAndOfOneFate() {
    int[] ids = text();
    int spans = 0;
    int tokens = 0;
    MaskedTokens masked = masked(new Masking(0.05, Masking.Unit.SPAN, 3), ids);
    for (int step = 1; step <= 100; step++) {
      Batch batch = masked.step(step).getFirst();
      for (int i = 0; i < LENGTH; i++) {
        boolean hidden = batch.targets()[i] != Batch.IGNORED;
        tokens += hidden ? 1 : 0;
        spans += hidden && (i == 0 || batch.targets()[i - 1] == Batch.IGNORED) ? 1 : 0;
      }
    }
    // Three words of three tokens, but for what is cut at the end of the budget and of documents,
    // and spans that touch.
    assertEquals(9, (double) tokens / spans, 1);
  }

  @Test
  void aTextTooShortForItsShareHasATargetAllTheSame() {
    MaskedTokens masked = masked(new Masking(0.01, Masking.Unit.TOKEN, 3.8), 0, 7, 0);
    for (int step = 1; step <= 20; step++) {
      Batch batch = masked.step(step).getFirst();
      assertEquals(1, batch.counted());
      assertEquals(7, batch.targets()[1]);
    }
  }
}
