package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Document;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectTextsTest {
  @TempDir Path temporary;
  private Collecting files;

  @BeforeEach
  void folder() {
    files = new Collecting(temporary);
  }

  private static String paragraphs(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> "Paragraph %d says one thing and then goes on to say another.%n".formatted(i))
        .collect(Collectors.joining("\n"));
  }

  private static String headlines(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> "Town council " + "again ".repeat(i % 4) + "votes on road number " + i + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void aLongTextIsCutIntoNumberedPartsThatKnowTheirLine() throws Exception {
    Path book = files.write("book.txt", paragraphs(60));
    List<Document> parts = files.all("cutWords=100");
    assertTrue(parts.size() > 5, parts.size() + " parts");
    List<String> lines = Files.readAllLines(book);
    for (int i = 0; i < parts.size(); i++) {
      Document part = parts.get(i);
      assertEquals("in/book.txt#" + (i + 1), part.id());
      assertEquals("in/book.txt", part.source());
      int line = Integer.parseInt(String.valueOf(part.tags().get("line")));
      assertEquals(lines.get(line - 1), part.text().lines().findFirst().orElseThrow());
    }
    assertEquals(
        lines.stream().filter(l -> !l.isEmpty()).toList(),
        parts.stream().flatMap(p -> p.text().lines()).filter(l -> !l.isEmpty()).toList());
    assertTrue(files.note("1 long text was cut").contains("collect.cut=never"));
  }

  @Test
  void ordinaryTextsAndCodeStayWholeAsTheyAre() {
    files.write("a.txt", "\n two \n\n" + paragraphs(20) + "\n\n");
    files.write("Long.java", "// word word word\n".repeat(2_000));
    files.write("b.txt", paragraphs(60));
    List<Document> documents = files.all("cutWords=100");
    assertEquals("in/Long.java", documents.get(0).id());
    assertEquals("\n two \n\n" + paragraphs(20) + "\n\n", documents.get(1).text());
    assertEquals(3, files.all("cutWords=100", "cut=never").size());
  }

  @Test
  void aTextLargerThanTheLargestDocumentIsCutInWindowsAndRefusedWhole() {
    String line = "The quick brown fox jumps over the lazy dog again.\n\n";
    files.write("big.txt", line.repeat(170_000));
    files.write("small.txt", "small");
    List<Document> parts = files.all("maxDocumentBytes=1000000");
    assertEquals(
        170_000L,
        parts.stream().flatMap(p -> p.text().lines()).filter(l -> l.equals(line.strip())).count());
    String refusal =
        Collecting.refusal(
            InputException.class, () -> files.all("maxDocumentBytes=1000000", "cut=never"));
    assertTrue(refusal.contains("nearly nothing was read"), refusal);
    assertTrue(refusal.contains("raise collect.maxDocumentBytes"), refusal);
  }

  @Test
  void aFileOfOneTextALineIsRecognisedAndTold() {
    files.write("news.txt", headlines(400));
    List<Document> lines = files.all();
    assertEquals(400, lines.size());
    assertEquals("in/news.txt:7", lines.get(6).id());
    assertEquals("Town council again again votes on road number 6", lines.get(6).text());
    assertTrue(files.note("one text a line").contains("collect.lines=false"));
    assertEquals(1, files.all("lines=false", "cut=never").size());
  }

  @Test
  void aFewLinesAreOneTextUnlessTheSettingSaysOtherwise() {
    files.write("poems.txt", "A first poem on a line\nA second one\n\nA third\n");
    files.write("page.md", "# Not lines\n\nbut a page\n");
    assertEquals(2, files.all().size());
    assertEquals(
        List.of("in/page.md", "in/poems.txt:1", "in/poems.txt:2", "in/poems.txt:4"),
        files.ids("lines=true"));
  }

  @Test
  void columnsOfTextAndLabelGiveTheText() {
    files.write(
        "dev.txt",
        IntStream.range(0, 40)
            .mapToObj(i -> "Share prices rise on day " + i + "\t" + i % 10 + "\n")
            .collect(Collectors.joining()));
    List<Document> rows = files.all();
    assertEquals(40, rows.size());
    assertEquals("Share prices rise on day 3", rows.get(3).text());
    files.note("is read as columns between tabs");
    files.note("has its text in «column1»");
  }

  @Test
  void wordsWithTheirTagsGiveTheirSentences() {
    files.write(
        "names.txt", "In O\nOslo B-LOC\nit O\nrains O\n\n在\tO\n北\tB-LOC\n京\tI-LOC\n\n".repeat(3));
    files.write("ends.conll", "Ann B-PER\nsleeps O\n");
    assertEquals(
        java.util.Set.of("In Oslo it rains", "在北京", "Ann sleeps"),
        files.all().stream().map(Document::text).collect(Collectors.toSet()));
    files.note("is read as words with their tags");
    files.write("names.txt", "Blood type O\n\nVitamin O\n\nBlood type O\n".repeat(10));
    assertTrue(files.all().stream().anyMatch(d -> d.text().contains("Blood type O")));
  }

  @Test
  void paragraphsBooksAndBrokenLinesAreNoLines() {
    files.write("paragraphs.txt", paragraphs(400));
    files.write("wrapped.txt", ("x".repeat(9) + " ").repeat(7).concat("\n").repeat(400));
    files.write(
        "book.txt",
        IntStream.range(0, 400)
            .mapToObj(
                i -> "He said so again and then again. ".repeat(i % 13 * (i % 11) / 9 + 1) + "\n")
            .collect(Collectors.joining()));
    files.write("list.txt", "- an item of a list with a few words\n".repeat(400));
    files.all();
    assertTrue(files.run().notes().stream().noneMatch(n -> n.contains("text a line")));
  }

  @Test
  void jsonLinesUnderATextFilesNameAreRead() {
    files.write("a.txt", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n");
    assertEquals(List.of("one", "two"), files.texts());
    files.note("is JSONL, whatever its name says");
  }

  @Test
  void anHtmlPageGivesItsVisibleBlocks() {
    files.write(
        "page.html",
        """
        <!DOCTYPE html><html><head><title>T</title><style>p {}</style></head><body>
        <nav>Home</nav><h1>Caf&eacute;</h1><p>One <b>bold</b>
        word.<br>Next line.<p>Two.<table><tr><td>a<td>b</table>
        <pre>kept
          as it is</pre><script>no()</script></body></html>\
        """);
    files.write("named.txt", "<html><body><p>A page under another name.</p></body></html>");
    assertEquals(
        List.of(
            "A page under another name.",
            "Café\n\nOne bold word.\nNext line.\n\nTwo.\n\na\tb\n\nkept\n  as it is"),
        files.texts());
    files.note("in/named.txt is an HTML page, whatever its name says");
  }

  @Test
  void furtherEndingsAreReadAsTextWhereTheyAreNamed() throws Exception {
    Path pos = files.write("rt.pos", "a good film");
    files.write("b.txt", "b");
    files.write("README", "no ending");
    assertEquals(List.of("in/README", "in/b.txt"), files.ids());
    assertEquals(List.of("in/README", "in/b.txt", "in/rt.pos"), files.ids("textEndings=[.POS]"));
    assertEquals(List.of("rt.pos"), files.all(List.of(pos)).stream().map(Document::id).toList());
  }

  @Test
  void realTextsAreCutWhereTheyShouldBe() {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "."));
    Path shared = (named == null ? root.resolve("../shared") : Path.of(named)).resolve("data");
    Assumptions.assumeTrue(Files.isDirectory(shared.resolve("wikitext2")), "no shared data");
    List<Document> articles = files.all(List.of(shared.resolve("wikitext2/valid.txt")));
    long headed =
        articles.stream()
            .filter(d -> d.text().startsWith(" = ") && !d.text().startsWith(" = ="))
            .count();
    // The file has 60 articles; the long ones are cut further.
    assertEquals(60, headed);
    assertTrue(files.all(List.of(shared.resolve("tinyshakespeare/input.txt"))).size() > 100);
    assertEquals(10_000, files.all(List.of(shared.resolve("thucnews/dev.txt"))).size());
  }
}
