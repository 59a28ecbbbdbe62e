package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago mask`, as a person would type it.
class MaskCommandTest {
  @TempDir Path folder;

  @Test
  void textIsMaskedAndWhatReplacedItLeadsBack() throws IOException {
    String text = "Ann <ann@mit.edu>, again ann@mit.edu, pays by 4111 1111 1111 1111\n";
    Path letter = Files.writeString(folder.resolve("letter.txt"), text);
    Path map = folder.resolve("map.jsonl");
    Said said = imago("mask", "--action=number", "--map", map, letter);
    assertEquals("Ann <<EMAIL_1>>, again <EMAIL_1>, pays by <CARD_1>\n", said.out());
    assertEquals("imago: 2 e-mail addresses, 1 card number\n", said.err());
    Path answer = Files.writeString(folder.resolve("answer.txt"), "Dear <EMAIL_1>!");
    assertEquals("Dear ann@mit.edu!", imago("mask", "--restore", map, answer).out());
  }

  @Test
  void ofRowsTheValuesAreMasked() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"id\":1,\"to\":[{\"a@mit.edu\":\"a@mit.edu\"}],\"n\":13812345678}\n{\"x\": 2.50}\n");
    assertEquals(
        "{\"id\":1,\"to\":[{\"a@mit.edu\":\"<EMAIL>\"}],\"n\":\"<PHONE>\"}\n{\"x\": 2.50}\n",
        imago("data", "mask", rows).out());
    assertEquals(
        "{\"line\":1,\"field\":\"n\",\"kind\":\"phone\",\"start\":0,\"end\":11}\n",
        imago("mask", "--kinds=phone", "--findings", rows).out());
  }

  @Test
  void whatMustNotPassDoesNot() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"a\":1}\n{\"a\":\"to ann@mit.edu\"}\n{\"a\":3}\n");
    Said said = imago("mask", "--action=block", rows);
    assertEquals(3, said.exit());
    assertTrue(said.err().contains("line 2: the text holds an e-mail address"), said.err());
    assertTrue(!said.err().contains("ann"), said.err());
  }

  @Test
  void aPseudonymNeedsItsKey() throws IOException {
    Path letter = Files.writeString(folder.resolve("letter.txt"), "ann@mit.edu");
    assertEquals(2, imago("mask", "--action=pseudonym", letter).exit());
    Path key = Files.writeString(folder.resolve("key"), "0123456789abcdef");
    String first = imago("mask", "--action=pseudonym", "--key", key, letter).out();
    assertTrue(first.matches("[a-z]{10}@example.com"), first);
    assertEquals(first, imago("mask", "--action=pseudonym", "--key", key, letter).out());
    assertEquals(2, imago("mask", "--key", key, letter).exit());
    assertEquals(2, imago("mask", "--kinds=fone", letter).exit());
  }

  @Test
  void aMapIsWrittenWhereSomethingLeadsBackAndForItsOwnerAlone() throws IOException {
    Path letter = Files.writeString(folder.resolve("letter.txt"), "ann@mit.edu");
    Path map = Files.writeString(folder.resolve("map.jsonl"), "before");
    assertEquals(2, imago("mask", "--map", map, letter).exit());
    assertEquals(2, imago("mask", "--map", map, "--action=number", "--findings", letter).exit());
    assertEquals("before", Files.readString(map));
    assertEquals(0, imago("mask", "--map", map, "--action=number", letter).exit());
    if (map.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(map)));
    }
    assertEquals(2, imago("mask", "--restore", map, "--kinds=email", letter).exit());
  }

  @Test
  void whatIsNoJsonIsToldByItsPlaceAndNotByItsWords() throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{\"a\":1}\n{\"a\": hunter2}\n");
    Said said = imago("mask", rows);
    assertEquals(3, said.exit());
    assertTrue(said.err().contains("line 2 is no JSON at column"), said.err());
    assertTrue(!said.err().contains("hunter2"), said.err());
  }
}
