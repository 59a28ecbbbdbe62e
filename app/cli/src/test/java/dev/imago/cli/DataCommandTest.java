package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago data read` and `convert`, as a person would type them.
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
