package dev.imago.annotation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.annotation.SpanReading.Raw;
import java.util.List;
import org.junit.jupiter.api.Test;

class PositionsTest {
  /// A family of three joined by invisible signs, a flag, an e with its accent apart, Chinese,
  /// Hebrew, a tab and a line's end.
  private static final String HARD = "a👨‍👩‍👧b🇩🇪 e\u0301\t北京\nשלום😀.";

  @Test
  void a_position_goes_into_every_unit_and_back() {
    var positions = new Positions(HARD);
    for (int at = 0; at <= positions.length(); at++) {
      for (PositionUnit unit : PositionUnit.values()) {
        assertEquals(at, positions.codePoint(positions.in(unit, at), unit));
      }
    }
  }

  @Test
  void what_is_cut_reads_the_same_in_every_unit() {
    var positions = new Positions(HARD);
    for (int from = 0; from < positions.length(); from++) {
      for (int to = from + 1; to <= positions.length(); to++) {
        for (PositionUnit unit : PositionUnit.values()) {
          assertEquals(
              positions.cut(from, to),
              positions.cut(positions.in(unit, from), positions.in(unit, to), unit));
        }
      }
    }
  }

  @Test
  void half_a_character_is_no_position() {
    var positions = new Positions("😀");
    assertEquals(-1, positions.codePoint(1, PositionUnit.UTF16));
    assertEquals(-1, positions.codePoint(2, PositionUnit.BYTES));
    assertEquals(-1, positions.codePoint(2, PositionUnit.CODE_POINTS));
  }

  @Test
  void what_a_reader_sees_as_one_character_is_not_cut() {
    var positions = new Positions(HARD);
    assertTrue(positions.isBoundary(1));
    assertFalse(positions.isBoundary(2)); // within the family
    assertArrayEquals(new int[] {1, 6}, positions.widened(2, 4));
    int accent = HARD.codePointCount(0, HARD.indexOf('\u0301'));
    assertFalse(positions.isBoundary(accent));
  }

  @Test
  void a_file_that_counts_otherwise_is_found_out_by_its_texts() throws RowFault {
    var reading = new SpanReading(PositionUnit.CODE_POINTS);
    List<MarkedSpan> spans = reading.spans("😀 Ann", List.of(new Raw(3, 6, "PER", "Ann")));
    assertEquals(List.of(new MarkedSpan(2, 5, "PER")), spans);
    assertEquals(1, reading.recounted());
    RowFault fault =
        assertThrows(
            RowFault.class, () -> reading.spans("Bob", List.of(new Raw(0, 3, "PER", "Ann"))));
    assertTrue(String.valueOf(fault.getMessage()).contains("the text has changed"));
    assertThrows(RowFault.class, () -> reading.spans("Bob", List.of(new Raw(0, 4, "PER", null))));
  }
}
