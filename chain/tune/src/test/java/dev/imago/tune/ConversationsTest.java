package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationsTest {
  @Test
  void theLossIsOnTheAnswerAndItsEndAlone() {
    // Prompt 10 11 12, completion 20 21, end 2; and a shorter pair that is padded with 0.
    var rows =
        List.of(
            new Conversations.Sequence(new int[] {10, 11, 12, 20, 21, 2}, 3),
            new Conversations.Sequence(new int[] {13, 30, 2}, 1));
    Batch batch = Conversations.batch(rows, 0);
    assertEquals(5, batch.length());
    assertArrayEquals(new int[] {10, 11, 12, 20, 21, 13, 30, 0, 0, 0}, batch.ids());
    assertArrayEquals(new int[] {-1, -1, 20, 21, 2, 30, 2, -1, -1, -1}, batch.targets());
  }

  @Test
  void everyPairIsSeenAsOftenAsAnyOther() {
    var sequences = new ArrayList<Conversations.Sequence>();
    for (int i = 0; i < 64; i++) {
      int[] ids = new int[4 + i % 9];
      ids[0] = 1000 + i;
      sequences.add(new Conversations.Sequence(ids, 1));
    }
    var batches = new Conversations(sequences, 4, 7, 0);
    var seen = new HashMap<Integer, Integer>();
    for (int step = 1; step <= 48; step++) {
      Batch batch = batches.step(step).getFirst();
      for (int row = 0; row < 4; row++) {
        seen.merge(batch.ids()[row * batch.length()], 1, Integer::sum);
      }
    }
    assertEquals(64, seen.size());
    seen.forEach((id, times) -> assertEquals(3, times, "pair " + id));
  }
}
