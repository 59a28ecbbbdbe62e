package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Pieces of prompts by the time they take.
final class PromptPiecesTest {
  private static final long STEP = 10_000;
  private static final int LONG = 5_000;

  @Test
  void a_prompt_alone_takes_whole_steps() {
    assertEquals(PromptPieces.MOST, new PromptPieces(true).room(0, 1, 300));
  }

  @Test
  void beside_answers_a_piece_costs_its_share_of_the_step_without_it() {
    for (long each : new long[] {50, 500, 3_000}) {
      var pieces = new PromptPieces(true);
      for (int i = 0; i < 200; i++) {
        int room = pieces.looks(4) ? 0 : pieces.room(4, 1, LONG);
        pieces.took(4, room, STEP + room * each);
        if (i > 40 && room > 0) {
          assertTrue(room * each <= STEP * 0.66, each + ": " + room);
          assertTrue((room + 1) * each >= STEP * 0.48 || room == PromptPieces.MOST - 4, "" + room);
        }
      }
    }
  }

  @Test
  void a_piece_may_cost_the_more_the_shorter_its_prompt_and_the_more_wait_for_a_first_token() {
    var pieces = new PromptPieces(true);
    pieces.took(1, 0, STEP);
    pieces.took(1, 10, STEP + 10 * 600);
    assertEquals(10, pieces.room(1, 1, 5000));
    assertEquals(10, pieces.room(8, 4, 5000));
    assertEquals(40, pieces.room(1, 4, 4096));
    assertEquals(20, pieces.room(2, 4, 4096));
    assertEquals(40, pieces.room(1, 1, 2048));
    assertEquals(PromptPieces.MOST - 7, pieces.room(7, 1, 300));
  }

  @Test
  void where_nobody_waits_a_step_is_filled_whatever_it_takes() {
    var pieces = new PromptPieces(false);
    pieces.took(4, 0, STEP);
    pieces.took(4, 100, 1_000 * STEP);
    assertEquals(pieces.most() - 4, pieces.room(4, 1, LONG));
  }

  @Test
  void it_begins_by_looking_what_a_step_takes_and_looks_again() {
    var pieces = new PromptPieces(true);
    assertTrue(pieces.looks(1));
    pieces.took(1, 0, STEP);
    int without = 0;
    for (int i = 0; i < 100; i++) {
      int room = pieces.looks(1) ? 0 : pieces.room(1, 1, LONG);
      without += room == 0 ? 1 : 0;
      pieces.took(1, room, STEP + 100L * room);
    }
    assertTrue(without >= 2 && without <= 4, "" + without);
  }

  @Test
  void one_step_that_was_held_up_changes_little() {
    var pieces = new PromptPieces(true);
    pieces.took(1, 0, STEP);
    for (int i = 0; i < 10; i++) {
      pieces.took(1, 50, STEP + 5_000);
    }
    int before = pieces.room(1, 1, LONG);
    pieces.took(1, 50, 1_000 * STEP);
    assertTrue(
        pieces.room(1, 1, LONG) * 3 >= before,
        "%d, then %d".formatted(before, pieces.room(1, 1, LONG)));
  }
}
