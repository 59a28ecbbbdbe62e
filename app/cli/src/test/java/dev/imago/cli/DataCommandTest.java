package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago data read`, `extract` and `convert`, as a person would type them.
class DataCommandTest {
  @TempDir Path folder;

  @Test
  void whereNothingIsReadItIsToldWhy() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.txt"));
    Said said = imago("data", "read", empty);
    assertEquals(3, said.exit(), said.err());
    assertTrue(said.err().contains("empty.txt: empty, passed over"), said.err());
    Path strange = Files.createDirectory(folder.resolve("strange"));
    Files.write(strange.resolve("a.xyz"), new byte[] {0, 1, 2});
    assertTrue(imago("data", "read", strange).err().contains("its one file is not of a kind"));
  }

  @Test
  void numbersBeyond64BitsKeepTheirDigits() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("a.jsonl"), "{\"n\":1}\n{\"n\":123456789012345678901234567890}\n");
    Path table = folder.resolve("a.parquet");
    Path back = folder.resolve("b.jsonl");
    assertEquals("", imago("data", "convert", rows, table).err());
    assertEquals("", imago("data", "convert", table, back).err());
    assertEquals(
        "{\"n\":\"1\"}\n{\"n\":\"123456789012345678901234567890\"}\n", Files.readString(back));
  }

  /// What a command says of what it is given in a pipe.
  private static Said piped(byte[] input, Object... words) {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(input));
      return imago(words);
    } finally {
      System.setIn(before);
    }
  }

  private static Said piped(String input, Object... words) {
    return piped(input.getBytes(StandardCharsets.UTF_8), words);
  }

  @Test
  void tablesAreConvertedInPipesAndNumbersKeepTheirDigits() throws IOException {
    String rows = "{\"price\":1.50,\"n\":0.10000000000000000555}\n";
    assertEquals(rows, piped(rows, "data", "convert").out());
    assertEquals("{\"a\":\"1.50\",\"b\":\"x\"}\n", piped("a,b\n1.50,x\n", "data", "convert").out());
    assertEquals(
        "{\"a\":\"1\",\"b\":\"x, y\"}\n",
        piped("a\tb\n1\tx, y\n", "data", "convert", "-", "-", "--from", "tsv").out());
    Path table = folder.resolve("t.parquet");
    assertEquals("", piped(rows, "data", "convert", "-", table).err());
    assertEquals(
        "{\"price\":1.5,\"n\":0.1}\n", piped(Files.readAllBytes(table), "data", "convert").out());
  }

  @Test
  void whatConvertIsNotAskedForIsRefusedByName() throws IOException {
    Path rows = Files.writeString(folder.resolve("a.jsonl"), "{\"n\":1}\n");
    assertTrue(imago("data", "convert", rows, "-", "--to", "csv").err().contains("--to CSV"));
    assertTrue(
        imago("data", "convert", rows, "x.parquet", "--to", "jsonl").err().contains("--to JSONL"));
    assertTrue(imago("data", "convert", rows, "--from", "csv").err().contains("is a file"));
    Said none = piped("", "data", "convert");
    assertEquals(3, none.exit());
    assertTrue(none.err().contains("standard input has no rows"), none.err());
  }

  private static final String PAGE =
      """
      <html><head><title>Why rivers bend</title></head><body>
      <nav class="site-nav"><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li></ul></nav>
      <article class="post"><h1>Why rivers bend</h1>
      <p>Water that flows over soft ground never keeps to a straight line for long, because the
      smallest bump turns the current towards one bank, which it then wears away.</p>
      <p>On the other side, where the water is slower, sand and gravel are left behind. The bend
      grows from year to year, until the river cuts through its neck and leaves a lake.</p></article>
      <footer class="footer"><p>© 2026 Example Ltd. <a href="/privacy">Privacy policy</a></p></footer>
      """;

  @Test
  void aPageInAPipeGivesItsMainText() {
    Said said = piped(PAGE, "data", "extract", "--format", "markdown");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().startsWith("# Why rivers bend\n\nWater that flows"), said.out());
    assertTrue(said.out().endsWith("leaves a lake.\n"), said.out());
    Said body = piped(PAGE, "data", "extract", "--body");
    assertTrue(body.out().startsWith("Water that flows"), body.out());
    assertTrue(body.out().endsWith("leaves a lake.\n"), body.out());
  }

  @Test
  void manyPagesAreLinesOfJsonOrFilesOfTheirOwn() throws IOException {
    Path pages = Files.createDirectory(folder.resolve("pages"));
    Files.writeString(pages.resolve("a.html"), PAGE);
    Files.writeString(pages.resolve("b.html"), PAGE.replace("lake", "pond"));
    Files.writeString(pages.resolve("c.html"), "<html><body><img src=x></body></html>");
    Said lines = imago("data", "extract", pages, "--format", "json");
    assertEquals(2, lines.out().lines().count(), lines.out());
    assertTrue(lines.out().contains("\"title\":\"Why rivers bend\""), lines.out());
    assertTrue(lines.err().contains("c.html has no main text, and is passed over"), lines.err());
    Path texts = folder.resolve("texts");
    assertEquals("", imago("data", "extract", pages, "--out", texts).out());
    assertTrue(Files.readString(texts.resolve("pages/b.html.txt")).endsWith("leaves a pond.\n"));
    String longest = "長".repeat(83);
    Files.writeString(pages.resolve(longest + ".html"), PAGE.replace("lake", "sea"));
    assertEquals(0, imago("data", "extract", pages, "--out", texts).exit());
    try (var names = Files.list(texts.resolve("pages"))) {
      assertEquals(1, names.filter(file -> file.getFileName().toString().startsWith("長長")).count());
    }
    assertEquals(1, imago("data", "extract", pages, "--limit", 1).out().split("\n---\n").length);
  }

  @Test
  void aTableOfTooManyFieldsIsRefused() throws IOException {
    var rows = new StringBuilder();
    for (int i = 0; i < 10_001; i++) {
      rows.append("{\"f").append(i).append("\":1}\n");
    }
    Path wide = Files.writeString(folder.resolve("wide.jsonl"), rows);
    Said said = imago("data", "convert", wide, folder.resolve("wide.parquet"));
    assertEquals(3, said.exit(), said.err());
    assertTrue(said.err().contains("more than 10,000 fields"), said.err());
  }
}
