package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
  @ParameterizedTest
  @CsvSource({
    "abc, 3",
    "世界, 4",
    "한국, 4",
    "カナ, 4",
    "「」, 4",
    "ｱ, 1",
    "é, 1",
    "👍, 2",
    "👍🏽, 2",
    "👩‍👩‍👧, 2",
    "🇩🇪, 2",
    "❤️, 2",
    "❤, 1",
    "–, 1",
    "ไม่, 2",
    "𠀀, 2"
  })
  void aTextTakesAsManyCellsAsATerminalGivesIt(String text, int cells) {
    assertEquals(cells, Cells.of(text), text);
    assertEquals(1, Cells.of("e\u0301"));
  }

  @Test
  void whatIsCopiedFromATableIsWhole() {
    String id = "req_88b45c57-80fc-414c-aebe-e0b04db8147d";
    var header = List.of("request", "why");
    var rows = List.of(List.of(id, "some words that are wrapped where there is no room"));
    String table = Table.render(Set.of("request"), header, rows, 60);
    assertTrue(table.contains(id) && !table.contains("words that are"), table);
    assertTrue(!Table.render(header, rows, 60).contains(id));
  }

  @Test
  void columnsStandBelowOneAnotherWhateverTheScript() {
    String table =
        Table.render(List.of("word", "n"), List.of(List.of("世界", "1"), List.of("wide", "22")));
    assertEquals("  word   n\n  ────  ──\n  世界   1\n  wide  22\n", table);
  }

  @Test
  void aLongCellIsWrappedToTheTerminalAndLosesNothing() {
    String error = "the file x is broken because of a reason that takes very many words to tell";
    String table =
        Table.render(List.of("run", "left"), List.of(List.of("20260101-collect", error)), 60);
    table.lines().forEach(l -> assertTrue(Cells.of(l) <= 60, l));
    String words = table.replaceAll("\\s+", " ");
    assertTrue(words.contains(error), words);
  }

  @Test
  void aWordThatIsLongerThanItsColumnIsBroken() {
    assertEquals(List.of("aaaa", "aa b"), Cells.wrap("aaaaaa b", 4));
    assertEquals(List.of("世界", "人"), Cells.wrap("世界人", 5));
    assertEquals(List.of(""), Cells.wrap("", 5));
  }

  @Test
  void aCutTextSaysSo() {
    assertEquals("世…", Cells.cut("世界人", 4));
    assertEquals("abc", Cells.cut("abc", 3));
  }
}
