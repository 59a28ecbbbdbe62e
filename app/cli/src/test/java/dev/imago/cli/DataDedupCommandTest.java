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

/// `imago data dedup` and `imago data decontaminate`, as a person would type them.
class DataDedupCommandTest {
  private static final String ROWS =
      "{\"id\":\"a\",\"text\":\"one text\"}\n{\"id\":\"b\",\"text\":\"another text\"}\n"
          + "{\"id\":\"c\",\"text\":\"one text\"}\n";

  @TempDir Path folder;

  private Path rows(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Said piped(String text, Object... words) {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
      return imago(words);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void whatRepeatsGoesAndAnIndexKnowsItLater() throws IOException {
    Path index = folder.resolve("old.sig");
    Path gone = folder.resolve("gone.jsonl");
    Said said = piped(ROWS, "data", "dedup", "--write-index", index, "--rejects", gone);
    assertEquals(
        "{\"id\":\"a\",\"text\":\"one text\",\"group\":2}\n"
            + "{\"id\":\"b\",\"text\":\"another text\"}\n",
        said.out(),
        said.err());
    assertEquals(
        "{\"id\":\"c\",\"text\":\"one"
            + " text\",\"rule\":\"exact-duplicate\",\"measured\":\"1.000\",\"of\":\"a\"}\n",
        Files.readString(gone));
    Path later =
        rows(
            "later.jsonl",
            "{\"text\":\"another text\"}\n{\"text\":\"\"}\n{\"text\":\"a third text\"}\n");
    assertEquals(
        "{\"text\":\"\"}\n{\"text\":\"a third text\"}\n",
        imago("data", "dedup", later, "--against", index).out());
  }

  @Test
  void whatIsReadIsNeverWrittenOver() throws IOException {
    Path rows = rows("rows.jsonl", ROWS);
    assertEquals(2, imago("data", "dedup", rows, "--rejects", rows).exit());
    assertEquals(2, imago("data", "dedup", rows, "--write-index", rows).exit());
    Path index = folder.resolve("i.sig");
    assertEquals(0, imago("data", "dedup", rows, "--write-index", index).exit());
    Said said = imago("data", "dedup", rows, "--against", index, "--write-index", index);
    assertTrue(said.err().contains("would be lost"), said.err());
    assertEquals(2, imago("data", "decontaminate", rows, "--against", rows, "--hits", rows).exit());
    assertEquals(ROWS, Files.readString(rows));
  }

  @Test
  void whatIsOutsideItsBoundsIsToldBeforeAnyWork() throws IOException {
    Said said = imago("data", "dedup", rows("rows.jsonl", ROWS), "--substrings=1");
    assertEquals(2, said.exit());
    assertTrue(said.err().contains("--substrings = 1 is outside 2 … 65536"), said.err());
    assertEquals(2, imago("data", "dedup", "--similarity=2", folder).exit());
  }

  @Test
  void itemsOfATestGoFromAPipe() throws IOException {
    Path test = rows("quiz.jsonl", "{\"q\":\"how many miles is it from here to there, sir?\"}\n");
    Path hits = folder.resolve("hits.jsonl");
    Said said =
        piped(
            "{\"text\":\"He said: How many miles is it\\nfrom here to there, sir?\"}\n"
                + "{\"text\":\"nothing of it\"}\n",
            "data",
            "decontaminate",
            "--against",
            test,
            "--hits",
            hits);
    assertEquals("{\"text\":\"nothing of it\"}\n", said.out(), said.err());
    assertTrue(
        Files.readString(hits)
            .startsWith("{\"document\":\"standard input:1\",\"task\":\"quiz\",\"item\":\"line 1\""),
        Files.readString(hits));
  }
}
