package dev.imago.corpus.extract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.corpus.extract.Cutter.Part;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CutterTest {
  private static final String FORTY =
      "one two three four five six seven eight nine ten\n".repeat(4);

  private static List<String> texts(String text, int most) {
    return new Cutter(most, most).cut(text).stream().map(Part::text).toList();
  }

  @Test
  void shortTextStaysWhole() {
    assertEquals(List.of("# A\n\nshort\n"), texts("# A\n\nshort\n", 50));
  }

  @Test
  void articlesOfWikiTextAreDocuments() {
    String a = " = Robert = \n\n " + FORTY + " = = Career = = \n\n " + FORTY + "\n";
    String b = " = Gold dollar = \n\n " + FORTY + "\n";
    List<String> parts = texts("\n" + a + b, 100);
    assertEquals(List.of("\n" + a, b), parts);
  }

  @Test
  void markdownIsCutAtTheHighestHeadingsFirst() {
    String a = "# A\n\n" + FORTY + "## A1\n\n" + FORTY;
    String b = "# B\n\n" + FORTY;
    assertEquals(List.of(a, b), texts(a + b, 90));
    assertEquals(3, texts(a + b, 50).size());
  }

  @Test
  void chaptersAreDocumentsAndATableOfContentsIsNone() {
    String contents = "CONTENTS\n\nChapter 1\n\nChapter 2\n\n";
    String a = "Chapter 1\n\n" + FORTY + "\n";
    String b = "CHAPTER II. The Sea\n\n" + FORTY + "\n";
    assertEquals(List.of(contents + a, b), texts(contents + a + b, 60));
  }

  @Test
  void chaptersOfChineseBooksAreDocuments() {
    String body = "话说天下大势，分久必合，合久必分。\n".repeat(6);
    String a = "第一回 宴桃园豪杰三结义\n" + body + "\n";
    String b = "第二回 张翼德怒鞭督邮\n" + body + "\n";
    assertEquals(List.of(a, b), texts(a + b, 90));
  }

  @Test
  void withoutStructurePartsAreFilledWithWholeParagraphs() {
    String paragraph = FORTY + "\n";
    assertEquals(List.of(paragraph + paragraph, paragraph), texts(paragraph.repeat(3), 90));
  }

  @Test
  void aHeadingStaysWithWhatFollows() {
    String section = " = = Career = = \n\n" + FORTY + "\n";
    assertEquals(
        List.of(FORTY + "\n", section, section), texts(FORTY + "\n" + section + section, 60));
  }

  @Test
  void anOverlongLineIsCutAtSentences() {
    String sentence = "All that is gold does not glitter. ";
    List<String> parts = texts(sentence.repeat(20), 30);
    assertTrue(parts.size() > 4);
    parts.forEach(part -> assertTrue(part.endsWith(". "), part));
  }

  @Test
  void partsKnowTheLineTheyBeginOn() {
    String paragraph = FORTY + "\n";
    assertEquals(
        List.of(1, 6, 11),
        new Cutter(45, 45).cut(paragraph.repeat(3)).stream().map(Part::line).toList());
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a ", "# h\n", "\n", "\n\n", " = T = \n", "字", "。", ". ", "第一章\n", "𠀀", "word ", "x")
        .list()
        .ofMaxSize(200)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 500)
  void partsPutEndToEndAreTheText(@ForAll @From("texts") String text) {
    List<Part> parts = new Cutter(25, 10).cut(text);
    assertEquals(text, parts.stream().map(Part::text).collect(Collectors.joining()));
    int line = 1;
    for (Part part : parts) {
      assertEquals(line, part.line());
      line += (int) part.text().chars().filter(c -> c == '\n').count();
    }
  }
}
