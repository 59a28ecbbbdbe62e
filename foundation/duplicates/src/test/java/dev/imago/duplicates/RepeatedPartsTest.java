package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.imago.duplicates.RepeatedParts.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepeatedPartsTest {
  @TempDir private Path folder;

  private List<String> left(Part part, long most, List<String> texts) {
    var left = new ArrayList<String>();
    try (var parts = new RepeatedParts(part, most, folder, 64)) {
      texts.forEach(parts::add);
      try (RepeatedParts.Common common = parts.decide()) {
        texts.forEach(text -> left.add(common.without(text)));
      }
    }
    return left;
  }

  @Test
  void linesOfTooManyTextsGoFromAll() {
    var texts = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      texts.add("Home | News\nthis is text " + i + "\n\n***\n  版权所有 \nshared by " + i / 2 + "\n");
    }
    List<String> left = left(Part.LINES, 2, texts);
    for (int i = 0; i < 5; i++) {
      assertEquals("this is text " + i + "\n\n***\nshared by " + i / 2 + "\n", left.get(i));
    }
    assertEquals(texts, left(Part.LINES, 5, texts), "as many as may be");
  }

  @Test
  void whatATextSaysManyTimesCountsOnce() {
    List<String> texts = List.of("again\nagain\nagain", "another");
    List<String> left = left(Part.LINES, 1, texts);
    assertSame(texts.getFirst(), left.getFirst());
  }

  @Test
  void paragraphsEndAtBlankLines() {
    List<String> texts =
        List.of("one\ntwo\n\nthree", "zero\n \none\ntwo\n\n\nfour\n", "one\n\ntwo");
    assertEquals(
        List.of("\nthree", "zero\n \n\n\nfour\n", "one\n\ntwo"), left(Part.PARAGRAPHS, 1, texts));
  }

  @Test
  void aParagraphOfVeryManyLinesIsReadOnce() {
    // By its square it would take minutes.
    String text = "a line of a list that knows no blank one\n".repeat(50_000);
    assertEquals(List.of("", ""), left(Part.PARAGRAPHS, 1, List.of(text, text)));
  }
}
