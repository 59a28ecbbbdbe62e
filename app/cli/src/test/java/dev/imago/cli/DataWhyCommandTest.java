package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago data why` and `imago data forget`: a document's way, and its end.
class DataWhyCommandTest {
  private static final String POEM =
      """
      The river runs to the sea at last,
      And the hills stand blue behind,
      The village sleeps, the day is past,
      And the doors are shut to the wind.

      A lamp is lit in a window there,
      And a dog barks once, and is still,
      And the smoke goes up in the evening air,
      And the moon comes over the hill.
      """;

  @TempDir Path folder;

  @BeforeEach
  void corpora() throws Exception {
    var poem = new Document("books/poem.txt#3", POEM, "books/poem.txt", Map.of());
    corpus('a', "raw", poem, "collect", List.of());
    corpus('b', "train", poem.with("language", "en"), "prepare", List.of("corpus/" + hash('a')));
    artifact("weights", 'c', "pretrain", List.of("corpus/" + hash('b')));
    artifact("weights", 'd', "pretrain", List.of());
  }

  private static String hash(char digit) {
    return String.valueOf(digit).repeat(64);
  }

  private void corpus(char digit, String split, Document document, String stage, List<String> of)
      throws Exception {
    Path to = artifact("corpus", digit, stage, of);
    try (var writer = new Documents.Writer(to, split)) {
      writer.write(document);
    }
  }

  private Path artifact(String kind, char digit, String stage, List<String> of) throws Exception {
    Path to = Files.createDirectories(folder.resolve("artifacts/" + kind + "/" + hash(digit)));
    Files.writeString(
        to.resolve("manifest.json"),
        "{\"kind\":\"%s\",\"hash\":\"%s\",\"files\":[]}".formatted(kind, hash(digit)));
    String inputs =
        of.stream()
            .map(ref -> "{\"kind\":\"%s\",\"hash\":\"%s\"}".formatted((Object[]) ref.split("/")))
            .collect(Collectors.joining(","));
    Files.writeString(
        to.resolve("provenance.json"),
        "{\"stage\":\"%s\",\"stageVersion\":3,\"inputs\":[%s],\"configJson\":\"{}\",\"seed\":1,\"codeVersion\":\"\",\"machine\":\"\",\"started\":\"2026-01-01T00:00:00Z\",\"finished\":\"2026-01-01T00:00:00Z\"}"
            .formatted(stage, inputs));
    return to;
  }

  private Said data(String... words) {
    Object[] line = new Object[words.length + 3];
    line[0] = "--workspace";
    line[1] = folder;
    line[2] = "data";
    System.arraycopy(words, 0, line, 3, words.length);
    return Said.imago(line);
  }

  @Test
  void whyShowsTheRulesThatADocumentOfItsFormIsAsked() {
    Said said = data("why", "books/poem.txt#3");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("it stays, on the side train"), said.out());
    assertTrue(said.out().contains("judged as verse"), said.out());
    assertTrue(said.out().contains("form-alphabetic-words"), said.out());
    assertTrue(!said.out().contains("gopher-top-2-gram"), said.out());
    assertEquals(2, data("why", "books/other.txt").exit());
  }

  @Test
  void lineageLeadsFromAModelBackToTheRecordOfADocument() throws Exception {
    var page =
        new Document(
            "crawl.warc.gz!18342#2",
            POEM,
            "https://example.org/poem",
            Map.of("address", "https://example.org/poem", "date", "2026-01-02T03:04:05Z"));
    corpus('1', "raw", page, "collect", List.of());
    corpus('2', "train", page.with("language", "en"), "prepare", List.of("corpus/" + hash('1')));
    artifact("tokens", '3', "encode", List.of("corpus/" + hash('2')));
    artifact("weights", '4', "pretrain", List.of("tokens/" + hash('3')));
    Said said =
        Said.imago(
            "--workspace", folder, "lineage", "weights/4444", "--document", "crawl.warc.gz!18342");
    assertEquals(0, said.exit(), said.err());
    List<String> lines = said.out().lines().map(String::strip).toList();
    assertTrue(lines.get(0).startsWith("weights/4444") && lines.get(0).endsWith("by pretrain v3"));
    assertTrue(lines.get(2).endsWith("by prepare v3, train: crawl.warc.gz!18342#2"), said.out());
    assertTrue(lines.get(3).endsWith("by collect v3, raw: crawl.warc.gz!18342#2"), said.out());
    assertTrue(lines.contains("archive            crawl.warc.gz"), said.out());
    assertTrue(lines.contains("offset             18342"), said.out());
    assertTrue(lines.contains("date               2026-01-02T03:04:05Z"), said.out());
    Said none =
        Said.imago(
            "--workspace", folder, "lineage", "weights/dddd", "--document", "books/poem.txt");
    assertEquals(2, none.exit());
    assertTrue(none.err().contains("has a document «books/poem.txt»"), none.err());
    assertTrue(Said.imago("--workspace", folder, "lineage").err().contains("is in service"));
  }

  @Test
  void lineageOutlivesAnAncestorThatIsGoneAndQuotesWhatItSays() throws Exception {
    Path texts = Files.createDirectories(folder.resolve("my books"));
    Path book = Files.writeString(texts.resolve("c#.txt"), POEM);
    var document = new Document("my books/c#.txt", POEM, "my books/c#.txt", Map.of());
    corpus('5', "raw", document, "collect", List.of());
    Path made = folder.resolve("artifacts/corpus/" + hash('5') + "/provenance.json");
    String source = texts.toString().replace("\\", "/");
    Files.writeString(
        made,
        Files.readString(made)
            .replace("\"{}\"", "\"{\\\"sources\\\":[\\\"" + source + "\\\"]}\"")
            .replace(
                "\"inputs\":[]",
                "\"inputs\":[{\"kind\":\"corpus\",\"hash\":\"" + hash('6') + "\"}]"));
    artifact("weights", '7', "pretrain", List.of("corpus/" + hash('5')));
    Said said =
        Said.imago(
            "--workspace", folder, "lineage", "weights/7777", "--document", "my books/c#.txt");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("not looked through: corpus/666666666666"), said.out());
    assertTrue(said.out().contains("imago data read '" + book + "'"), said.out());
  }

  @Test
  void whoIsForgottenIsWrittenDownOnceWithWhatHoldsIt() throws Exception {
    Said said = data("forget", "books/poem.txt#3");
    assertEquals(0, said.exit(), said.err());
    List<String> rows = said.out().lines().toList();
    assertEquals(5, rows.size(), "a header, a rule, two corpora and a model: " + said.out());
    assertTrue(rows.get(2).contains("holds it") && rows.get(2).contains("raw"), rows.get(2));
    assertTrue(rows.get(3).contains("holds it") && rows.get(3).contains("train"), rows.get(3));
    assertTrue(rows.get(4).contains("weights/ccc"), rows.get(4));
    assertTrue(rows.get(4).contains("by way of corpus/bbb"), rows.get(4));
    assertTrue(said.err().contains("is left out from now on"), said.err());
    assertTrue(data("forget", "books/poem.txt#3").err().contains("was left out already"));
    assertEquals("books/poem.txt#3\n", Files.readString(folder.resolve("forgotten.txt")));
    assertTrue(data("why", "books/poem.txt#3").out().contains("is to be forgotten"));
  }

  @Test
  void whatIsNoIdIsNotForgotten() {
    assertEquals(2, data("forget", "books/none.txt").exit());
    assertEquals(2, data("forget", " ").exit());
    assertEquals(2, data("forget", "books/poem.txt#3\rbooks/other.txt").exit());
    assertTrue(!Files.exists(folder.resolve("forgotten.txt")));
  }
}
