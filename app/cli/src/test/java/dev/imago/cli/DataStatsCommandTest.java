package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `imago data stats`: what rules measure.
class DataStatsCommandTest {
  @TempDir Path folder;

  private Path documents() throws IOException {
    return Files.writeString(
        folder.resolve("d.jsonl"),
        IntStream.rangeClosed(1, 100)
            .mapToObj(i -> "{\"id\":\"%d\",\"text\":\"%s\"}".formatted(i, "今天天气很好，".repeat(i)))
            .collect(Collectors.joining("\n", "", "\n")));
  }

  @Test
  void eachRuleTellsItsQuantilesItsDropsAndABound() throws IOException {
    Said said = imago("data", "stats", "--json", "--sets", "gopher", "--drop=0.1", documents());
    assertEquals(0, said.exit(), said.err());
    JsonNode words =
        said.out()
            .lines()
            .map(line -> JsonMapper.shared().readTree(line))
            .filter(row -> row.path("rule").stringValue().equals("gopher-words"))
            .findFirst()
            .orElseThrow();
    assertEquals(100, words.path("documents").intValue());
    // Six ideographs are 3.43 words: the first 14 documents have fewer than 50.
    assertEquals(0.14, words.path("dropped").doubleValue(), 1e-9);
    assertEquals(6 / 1.75, words.path("quantiles").path("0.00").doubleValue(), 1e-9);
    assertEquals(50, words.path("bound").path("least").intValue());
    assertTrue(words.path("proposed").path("least").doubleValue() < 50, words.toString());
  }

  @Test
  void setsAreChosenAndTheTableNamesEveryRule() throws IOException {
    Said said = imago("data", "stats", "--sets", "chinese", documents());
    assertTrue(said.out().contains("zh-boilerplate-lines"), said.out() + said.err());
    assertTrue(!said.out().contains("gopher-ellipses"), said.out());
  }

  @Test
  void packedRowsAreReadAsPlainOnes() throws IOException {
    Path plain = documents();
    Path packed = folder.resolve("d.jsonl.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      Files.copy(plain, out);
    }
    Said said = imago("data", "stats", "--json", "--sets", "chinese", packed);
    assertEquals(0, said.exit(), said.err());
    assertEquals(imago("data", "stats", "--json", "--sets", "chinese", plain).out(), said.out());
  }

  @Test
  void whatIsNoDocumentIsToldInALine() throws IOException {
    Path rows = Files.writeString(folder.resolve("r.jsonl"), "{\"body\":\"x\"}\n");
    assertTrue(imago("data", "stats", rows).err().contains("--text-field"));
    Path empty = Files.createFile(folder.resolve("empty"));
    assertTrue(imago("data", "stats", empty).err().contains("there is no document"));
    assertTrue(imago("data", "stats", "no/such").err().contains("neither a file"));
    assertTrue(imago("data", "stats", "--drop=2", rows).err().contains("--drop"));
  }
}
