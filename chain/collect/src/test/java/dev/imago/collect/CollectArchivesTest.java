package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.corpus.extract.Skip;
import dev.imago.corpus.extract.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectArchivesTest {
  @TempDir Path temporary;
  private Collecting files;

  @BeforeEach
  void folder() {
    files = new Collecting(temporary);
  }

  private static byte[] utf8(String text) {
    return Collecting.utf8(text);
  }

  private static byte[] tar(String... namesAndTexts) {
    var entries = new LinkedHashMap<String, byte[]>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      entries.put(namesAndTexts[i], utf8(namesAndTexts[i + 1]));
    }
    return Collecting.tar(entries);
  }

  @Test
  void tarAndTarGzAreReadInTheirOwnOrder() throws IOException {
    String deep = "deep/".repeat(30) + "c.txt";
    byte[] tar = tar("b.txt", "bee", "./a/x.jsonl", "{\"text\":\"row\"}\n", deep, "sea");
    files.write("a.tar", tar);
    files.write("b.tar.gz", Collecting.gzip(tar));
    files.write("c.tgz", Collecting.gzip(tar));
    assertEquals(
        List.of("bee", "row", "sea", "bee", "row", "sea", "bee", "row", "sea"), files.texts());
    assertEquals(
        List.of("in/a.tar!b.txt", "in/a.tar!a/x.jsonl:1", "in/a.tar!" + deep),
        files.ids().subList(0, 3));
  }

  @Test
  void paxNamesAreTaken() throws IOException {
    var tar = new ByteArrayOutputStream();
    String record = "path=长名/文.txt\n";
    int length = utf8(record).length + 3;
    Collecting.block(tar, utf8("PaxHeaders/x"), 'x', utf8(length + " " + record));
    Collecting.block(tar, utf8("short.txt"), '0', utf8("text"));
    files.write("a.tar", tar.toByteArray());
    assertEquals(List.of("in/a.tar!长名/文.txt"), files.ids());
  }

  @Test
  void filesAreWhatTheirBytesSayAndThatIsTold() throws IOException {
    files.write("a.md", tar("x.txt", "in a tar"));
    files.write("b.txt", Collecting.gzip(utf8("in a gzip")));
    files.write("c.gz", Collecting.gzip(Collecting.gzip(utf8("packed twice"))));
    files.write("d.txt", Collecting.zip(Map.of("y.txt", utf8("in a zip")), StandardCharsets.UTF_8));
    assertEquals(List.of("in a tar", "in a gzip", "packed twice", "in a zip"), files.texts());
    files.note("in/a.md is a tar archive, whatever its name says");
    files.note("in/d.txt is a zip archive, whatever its name says");
    assertTrue(files.note("is a gzip file, whatever").startsWith("in/b.txt (and 1 more like it)"));
  }

  @Test
  void whatIsNotReadYetIsToldByItsName() {
    files.write("a.txt", new byte[] {'7', 'z', (byte) 0xbc, (byte) 0xaf, '\'', 28, 1});
    files.write("b.txt", new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
    files.write("e.gz", "neither");
    files.write("f.txt", "fine");
    assertEquals(List.of("in/f.txt"), files.ids());
    assertEquals("2", files.skipped(Skip.FORMAT));
    files.note("1 for «a 7z archive» (7 bytes), such as in/a.txt; unpack it");
    files.note("in/b.txt: of a format that is not read yet, passed over (an image");
    files.note(
        "in/e.gz: broken archive or entry, passed over (it does not begin as a file of gzip does)");
    assertTrue(files.note("3 of 4 files").contains("bytes did not arrive"));
  }

  @Test
  void everyCompressionIsReadAndArchivesInArchives() throws IOException {
    byte[] bzip2 =
        Base64.getDecoder()
            .decode("QlpoOTFBWSZTWSoEXTgAAAJRgAAQQAAjIhwAIAAxADAgGmJzC0kIJx4u5IpwoSBUCLpw");
    files.write("a.txt.bz2", bzip2);
    byte[] inner = Collecting.zip(Map.of("deep.txt", utf8("deep")), StandardCharsets.UTF_8);
    files.write("b.zip", Collecting.zip(Map.of("in.zip", inner), StandardCharsets.UTF_8));
    var entries = new TreeMap<>(Map.of("x.txt.bz2", bzip2, "y.zip", inner, "z.txt", utf8("flat")));
    files.write("c.tar.gz", Collecting.gzip(Collecting.tar(entries)));
    assertEquals(
        List.of(
            "in/a.txt.bz2",
            "in/b.zip!in.zip!deep.txt",
            "in/c.tar.gz!x.txt.bz2",
            "in/c.tar.gz!y.zip!deep.txt",
            "in/c.tar.gz!z.txt"),
        files.ids());
    assertEquals(3, files.ids("maxDepth=1").size());
    assertTrue(files.run().notes().toString().contains("maxDepth = 1"));
  }

  @Test
  void aBombInATarsEntryCostsThatEntry() throws IOException {
    byte[] big = new byte[4 << 20];
    Arrays.fill(big, (byte) 'a');
    var entries =
        new TreeMap<>(Map.of("1.txt.gz", Collecting.gzip(big), "2.txt", utf8("after it")));
    files.write("a.tar", Collecting.tar(entries));
    assertEquals(List.of("in/a.tar!2.txt"), files.ids("leastRead=0"));
    assertEquals("1", files.skipped(Skip.BOMB));
  }

  @Test
  void capsHoldForTarAsForZip() throws IOException {
    byte[] big = new byte[8 << 20];
    Arrays.fill(big, (byte) 'a');
    var entries = new TreeMap<>(Map.of("1.txt", utf8("fine"), "2.txt", big));
    files.write("bomb.tar.gz", Collecting.gzip(Collecting.tar(entries)));
    files.write("four.txt.gz", four());
    files.write("good.txt", "good");
    assertEquals(List.of("in/bomb.tar.gz!1.txt", "in/good.txt"), files.ids("leastRead=0"));
    assertEquals("1", files.skipped(Skip.BOMB));
    assertEquals("1", files.skipped(Skip.NESTED));
    files.write("many.tar", tar("1.txt", "1", "2.txt", "2", "3.txt", "3"));
    assertEquals(2, files.all(List.of(files.folder().resolve("many.tar")), "maxEntries=2").size());
    assertTrue(
        files.note("many.tar: unpacks to more").contains("more entries than maxEntries = 2"));
  }

  private static byte[] four() throws IOException {
    byte[] packed = utf8("deep");
    for (int i = 0; i < 4; i++) {
      packed = Collecting.gzip(packed);
    }
    return packed;
  }

  @Test
  void aTarThatIsCutOffKeepsWhatStoodBefore() {
    byte[] tar = tar("1.txt", "one", "2.txt", "two".repeat(1000));
    files.write("a.tar", Arrays.copyOf(tar, 2000));
    assertEquals(List.of("in/a.tar!1.txt"), files.ids("leastRead=0"));
    assertEquals("1", files.skipped(Skip.ARCHIVE));
  }

  @Test
  void noDamageToATarEndsInAnythingButItsFilesOrAnError() {
    byte[] tar = tar("1.txt", "one", "x".repeat(120), "two", "3.jsonl", "{\"text\":\"t\"}\n");
    var random = new Random(3);
    for (int i = 0; i < 3000; i++) {
      byte[] broken = tar.clone();
      for (int hits = random.nextInt(1, 5); hits > 0; hits--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      var reader = new TarReader(new ByteArrayInputStream(broken));
      try {
        for (var entry = reader.next(); entry != null; entry = reader.next()) {
          assertTrue(entry.bytes() >= 0, entry.toString());
          reader.content().readAllBytes();
        }
      } catch (IOException e) {
        assertTrue(e.getMessage() != null, e.toString());
      }
    }
  }
}
