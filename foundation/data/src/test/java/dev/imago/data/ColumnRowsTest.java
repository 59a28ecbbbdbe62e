package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnRowsTest {
  private static List<String> read(String text) throws Exception {
    var read = new ArrayList<String>();
    try (Rows rows = Rows.of(new StringReader(text), Rows.Format.COLUMNS, 1 << 20)) {
      for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
        read.add(
            switch (item) {
              case Rows.Item.Row(long line, var value) -> line + " " + value;
              case Rows.Item.Broken(long line, long _, String why) -> line + " " + why;
            });
      }
      assertNull(rows.next());
    }
    return read;
  }

  @Test
  void aSentenceIsWhatStandsBetweenBlankLines() throws Exception {
    assertEquals(
        List.of(
            "2 {\"text\":\"In Oslo\",\"words\":[\"In\",\"Oslo\"],\"tags\":[\"O\",\"B-LOC\"]}",
            "6 {\"text\":\"中共\",\"words\":[\"中\",\"共\"],\"tags\":[\"B-ORG\",\"I-ORG\"]}"),
        read("\nIn O\nOslo B-LOC\n\n\n中\tB-ORG\n共\tI-ORG\n"));
  }

  @Test
  void theTagIsInTheLastColumnAndMarksAreNoWords() throws Exception {
    assertEquals(
        List.of(
            "4 {\"text\":\"EU #x\",\"words\":[\"EU\",\"#x\"],\"tags\":[\"B-ORG\",\"O\"],"
                + "\"column1\":[\"EU\",\"#x\"],\"column2\":[\"NNP\",\"X\"],"
                + "\"column3\":[\"I-NP\",\"X\"],\"column4\":[\"B-ORG\",\"O\"]}"),
        read("-DOCSTART- -X- O O\n\n# sentence 1\nEU NNP I-NP B-ORG\n#x X X O\n"));
  }

  @Test
  void aWordWithoutATagBreaksItsSentenceAlone() throws Exception {
    List<String> read = read("a O\nb\nc O\n\nd O\n");
    assertEquals("2 a word without a tag", read.getFirst());
    assertTrue(read.getLast().startsWith("5 {\"text\":\"d\""), read.getLast());
    assertEquals(2, read.size());
  }

  @Test
  void wordsAreJoinedAsTheirScriptIsWritten() {
    assertEquals("He said你好。Yes", Sentence.text(List.of("He", "said", "你", "好", "。", "Yes")));
    assertEquals("a b", Sentence.text(List.of("a", "b")));
  }
}
