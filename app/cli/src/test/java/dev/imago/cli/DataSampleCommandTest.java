package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago data sample`, as a person would type it.
class DataSampleCommandTest {
  @TempDir Path folder;

  private static List<String> rows() {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      rows.add(
          "{\"id\":\"d%d\",\"text\":\"eight by %d\",\"tags\":{\"language\":\"%s\"}}"
              .formatted(i, 10 + i, i % 3 == 0 ? "zh" : "en"));
    }
    return rows;
  }

  private String chosen(List<String> first, List<String> second) throws IOException {
    Path a = Files.write(folder.resolve("a.jsonl"), first);
    Path b = Files.write(folder.resolve("b.jsonl"), second);
    Said said = imago("data", "sample", "--tokens=30", "--share=language=en:1,zh:1", a, b);
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.err().contains("en: 5 of 40 documents chosen, 15 of 120 tokens"), said.err());
    assertTrue(said.err().contains("zh: 5 of 20 documents chosen, 15 of 60 tokens"), said.err());
    return said.out().lines().sorted().toList().toString();
  }

  @Test
  void theSampleIsTheSameInOtherShardsAndOrder() throws IOException {
    List<String> rows = rows();
    String once = chosen(rows.subList(0, 20), rows.subList(20, 60));
    Collections.reverse(rows);
    assertEquals(once, chosen(rows.subList(0, 50), rows.subList(50, 60)));
  }

  @Test
  void whatCannotBeSampledIsTold() throws IOException {
    Path rows = Files.writeString(folder.resolve("a.jsonl"), "{\"id\":1}\n");
    assertTrue(imago("data", "sample", rows).err().contains("a row without text"));
    assertEquals(2, imago("data", "sample", "--share=language=en:1", rows).exit());
    assertEquals(2, imago("data", "sample", "--weight=wiki", rows).exit());
  }

  @Test
  void aPipeIsSampledAsAFileIs() throws IOException {
    Path file = Files.write(folder.resolve("all.jsonl"), rows());
    Said read = imago("data", "sample", "--tokens=30", file);
    InputStream before = System.in;
    try {
      System.setIn(Files.newInputStream(file));
      Said piped = imago("data", "sample", "--tokens=30");
      assertEquals(read.out(), piped.out());
      assertEquals(10, piped.out().lines().count());
      System.setIn(Files.newInputStream(Files.writeString(folder.resolve("broken"), "{\n")));
      assertTrue(imago("data", "sample").err().contains("standard input has a line"));
    } finally {
      System.setIn(before);
    }
  }
}
