package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.corpus.extract.Extractor;
import dev.imago.corpus.extract.FileKind;
import dev.imago.corpus.extract.Skip;
import dev.imago.corpus.extract.SourceFile;
import dev.imago.data.Document;
import dev.imago.fixtures.FakeRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectTest {
  @TempDir Path temporary;
  private Path in;
  private Collecting files;

  @BeforeEach
  void folders() {
    files = new Collecting(temporary);
    in = files.folder();
  }

  private Collect.Config config(Path... sources) {
    return files.config(List.of(sources));
  }

  private void write(String name, String text) {
    files.write(name, text);
  }

  private void write(String name, byte[] bytes) {
    files.write(name, bytes);
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    return Collecting.zip(entries, StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) throws IOException {
    return Collecting.gzip(Collecting.utf8(text));
  }

  @Test
  void everyKindIsReadInOnePathOrderWithPlaceAndKind() throws Exception {
    write("b.md", "# Title");
    write("a/Deep.java", "class Deep {}");
    write("c.jsonl", "{\"text\":\"one\",\"id\":\"x1\"}\n\n{\"text\":\"two\",\"source\":\"web\"}\n");
    write(
        "d.zip",
        zip(
            new TreeMap<>(
                Map.of(
                    "z.txt", Collecting.utf8("last"), "p/A.java", Collecting.utf8("class A {}")))));
    write("e.txt.gz", gzip("packed"));
    write("f.jsonl.gz", gzip("{\"text\":\"three\",\"kind\":\"code\"}"));
    write("g.bin", "no");
    List<Document> documents = files.all();
    assertEquals(
        List.of(
            "in/a/Deep.java code class Deep {}",
            "in/b.md prose # Title",
            "in/c.jsonl:1 prose one",
            "in/c.jsonl:3 prose two",
            "in/d.zip!p/A.java code class A {}",
            "in/d.zip!z.txt prose last",
            "in/e.txt.gz prose packed",
            "in/f.jsonl.gz:1 code three"),
        documents.stream().map(d -> d.id() + " " + d.tags().get("kind") + " " + d.text()).toList());
    assertEquals("x1", documents.get(2).tags().get("id"));
    assertEquals("web", documents.get(3).source());
    assertEquals("in/d.zip!p/A.java", documents.get(4).source());
    assertEquals("1", files.skipped(Skip.OTHER));
  }

  @Test
  void theArtifactIsTheSameWhereverTheSourceLies() throws Exception {
    write("a.txt", "alpha");
    write("b/c.txt", "gamma");
    Path elsewhere = temporary.resolve("else/in");
    Files.createDirectories(elsewhere.resolve("b"));
    Files.copy(in.resolve("a.txt"), elsewhere.resolve("a.txt"));
    Files.copy(in.resolve("b/c.txt"), elsewhere.resolve("b/c.txt"));
    var collect = new Collect();
    var here =
        collect.run(
            new Collect.Inputs(List.of()), config(in), new FakeRun(temporary.resolve("r1"), 1));
    var there =
        collect.run(
            new Collect.Inputs(List.of()),
            config(elsewhere),
            new FakeRun(temporary.resolve("r2"), 2));
    assertEquals(here.raw().ref(), there.raw().ref());
  }

  @Test
  void linksThatAreNotFollowedAreCountedAndTold() throws Exception {
    write("a.txt", "one");
    write("folder/b.txt", "two");
    Files.createSymbolicLink(in.resolve("also.txt"), in.resolve("a.txt"));
    Files.createSymbolicLink(in.resolve("gone.txt"), in.resolve("nowhere.txt"));
    Files.createSymbolicLink(in.resolve("round"), in.resolve("folder"));
    assertEquals(
        List.of("in/a.txt", "in/also.txt", "in/folder/b.txt"),
        files.all().stream().map(Document::id).toList());
    assertEquals("2", files.skipped(Skip.LINK));
    files.note("in/gone.txt: a link that is not followed");
    files.note("in/round: a link that is not followed, passed over (leads to a folder)");
  }

  @Test
  void aFolderThatIsNamedByALinkIsRead() throws Exception {
    write("folder/b.txt", "two");
    Path link = Files.createSymbolicLink(in.resolve("link"), in.resolve("folder"));
    assertEquals(
        List.of("link/b.txt"), files.all(List.of(link)).stream().map(Document::id).toList());
  }

  @Test
  void twoSourcesOfOneNameGiveDistinctIds() throws Exception {
    write("x/docs/a.txt", "one");
    write("y/docs/a.txt", "two");
    Path first = in.resolve("x/docs");
    Path second = in.resolve("y/docs");
    assertEquals(
        List.of("docs/a.txt", "docs-2/a.txt"),
        files.all(List.of(first, second)).stream().map(Document::id).toList());
  }

  @Test
  void aPdfThatHoldsPlainTextIsReadWhereItIsNamedAndTold() throws Exception {
    write("notes.pdf", "These are notes, not a PDF.");
    write("other.log", "Plain by its name.");
    Path pdf = in.resolve("notes.pdf");
    Path log = in.resolve("other.log");
    assertEquals(
        List.of("These are notes, not a PDF.", "Plain by its name."),
        files.all(List.of(pdf, log)).stream().map(Document::text).toList());
    assertEquals(
        List.of("notes.pdf holds plain text, whatever its ending .pdf says, and is read as such"),
        files.run().notes());
  }

  @Test
  void hiddenAndSkippedFoldersAreNotEntered() throws Exception {
    write(".git/a.txt", "no");
    write("target/a.txt", "no");
    write("x/node_modules/a.txt", "no");
    write("x/a.txt", "yes");
    assertEquals(List.of("in/x/a.txt"), files.ids());
  }

  @Test
  void aByteOrderMarkIsDropped() throws Exception {
    write("a.txt", "\ufeffhello");
    write("b.jsonl", "\ufeff{\"text\":\"line\"}");
    assertEquals(List.of("hello", "line"), files.texts());
  }

  @Test
  void binaryAndEmptyFilesArePassedOver() throws Exception {
    write("nul.txt", "a\0b");
    write("empty.txt", "");
    write("space.md", " \n\t\n");
    write("good.txt", "text");
    assertEquals(1, files.all().size());
    assertEquals("1", files.skipped(Skip.BINARY));
    assertEquals("2", files.skipped(Skip.EMPTY));
  }

  @Test
  void aRowOverTheCapSpoilsNoOther() {
    write(
        "a.jsonl",
        "{\"text\":\"a\"}\n{\"text\":\"" + "x".repeat(300_000) + "\"}\n{\"text\":\"b\"}");
    assertEquals(List.of("a", "b"), files.texts("maxDocumentBytes=100000", "leastRead=0"));
    assertEquals("1", files.skipped(Skip.ROW));
    assertTrue(files.note("line 2: broken row").contains("more than 100,000 characters"));
  }

  @Test
  void anEntryThatUnpacksFarBeyondItsSizeIsABomb() throws Exception {
    byte[] zeros = new byte[8 << 20];
    Arrays.fill(zeros, (byte) 'a');
    write(
        "bomb.zip",
        zip(new TreeMap<>(Map.of("bomb.txt", zeros, "fine.txt", Collecting.utf8("fine")))));
    write("bomb.txt.gz", gzip("a".repeat(8 << 20)));
    assertEquals(List.of("in/bomb.zip!fine.txt"), files.ids("leastRead=0"));
    assertEquals("2", files.skipped(Skip.BOMB));
    assertTrue(
        files.run().notes().stream().anyMatch(n -> n.contains("maxRatio = 100")),
        files.run().notes().toString());
  }

  @Test
  void capsHoldOnArchiveEntryAndCount() throws Exception {
    byte[] noise = Collecting.utf8(Collecting.noise(10_000));
    write("a.zip", zip(new TreeMap<>(Map.of("1.txt", noise, "2.txt", noise, "3.txt", noise))));
    long two = noise.length * 2L;
    assertEquals(2, files.all("cut=never", "maxArchiveBytes=" + two).size());
    assertEquals("1", files.skipped(Skip.BOMB));
    assertEquals(3, files.all("cut=never", "maxArchiveBytes=" + two * 2, "maxEntries=3").size());
    assertTrue(
        Collecting.refusal(InputException.class, () -> files.all("maxEntries=2"))
            .contains("maxEntries = 2"));
    assertTrue(
        Collecting.refusal(InputException.class, () -> files.all("maxEntryBytes=1000"))
            .contains("maxEntryBytes = 1000"));
  }

  @Test
  void brokenArchivesAreReportedAndPassedOver() throws Exception {
    byte[] zip = zip(Map.of("a.txt", Collecting.utf8(Collecting.noise(1000))));
    write("cut.zip", Arrays.copyOf(zip, zip.length / 2));
    write("no.zip", "this is no archive");
    byte[] gzip = gzip(Collecting.noise(1000));
    write("cut.txt.gz", Arrays.copyOf(gzip, gzip.length / 2));
    write("no.gz", "neither");
    byte[] flipped = zip.clone();
    flipped[zip.length / 3] ^= 0x55;
    write("flipped.zip", flipped);
    write("good.txt", "good");
    assertEquals(List.of("in/good.txt"), files.ids());
    assertEquals("5", files.skipped(Skip.ARCHIVE));
  }

  @Test
  void aTruncatedJsonlGzKeepsTheLinesBeforeTheBreak() throws Exception {
    var lines = new StringBuilder();
    Collecting.noise(2000)
        .lines()
        .forEach(l -> lines.append("{\"text\":\"").append(l).append("\"}\n"));
    byte[] gzip = gzip(lines.toString());
    write("cut.jsonl.gz", Arrays.copyOf(gzip, gzip.length * 3 / 4));
    int kept = files.all().size();
    assertTrue(kept > 500 && kept < 2000, "kept " + kept);
    assertEquals("1", files.skipped(Skip.ARCHIVE));
  }

  @Test
  void noDamageToAnArchiveEverEndsTheRun() throws Exception {
    byte[] zip =
        zip(
            new TreeMap<>(
                Map.of(
                    "a.txt",
                    Collecting.utf8(Collecting.noise(20)),
                    "b.jsonl",
                    Collecting.utf8("{\"text\":\"x\"}\n"))));
    byte[] gzip = gzip(Collecting.noise(20));
    var random = new Random(42);
    for (int i = 0; i < 400; i++) {
      byte[] broken = (i % 2 == 0 ? zip : gzip).clone();
      for (int hits = random.nextInt(1, 6); hits > 0; hits--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      Path file = files.write("f" + i % 2 + (i % 2 == 0 ? ".zip" : ".txt.gz"), broken);
      var told = new ArrayList<String>();
      var given = new ArrayList<Document>();
      var source =
          new SourceFile(
              file,
              String.valueOf(file.getFileName()),
              i % 2 == 0 ? FileKind.ZIP : FileKind.PACKED,
              broken.length);
      var report = new CollectReport(told::add, given::add);
      new Extractor(ExtractionSettings.defaults(), report).file(source);
      // A damaged zip may have become one without entries; a gzip is read or refused.
      assertTrue(i % 2 == 0 || !told.isEmpty() || !given.isEmpty());
    }
  }

  @Test
  void nothingToReadIsOneClearError() throws Exception {
    write("bad.txt", new byte[] {1, 2, 3, 4, 5, (byte) 0xff});
    write("other.png", "x");
    String message = Collecting.refusal(InputException.class, () -> files.all());
    assertTrue(message.startsWith("no document in "), message);
    assertTrue(message.contains("2 passed over, the first in/bad.txt: binary"), message);
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertTrue(
        Collecting.refusal(InputException.class, () -> files.all(List.of(empty)))
            .contains(".jsonl"));
  }

  @Test
  void aSourceThatIsNotThereIsRefusedBeforeAnyWork() throws Exception {
    var collect = new Collect();
    assertTrue(
        Collecting.refusal(ConfigException.class, () -> collect.check(config()))
            .contains("--input PATH"));
    assertTrue(
        Collecting.refusal(ConfigException.class, () -> collect.check(config(in.resolve("none"))))
            .contains("is not there"));
    assertTrue(
        Collecting.refusal(
                ConfigException.class, () -> collect.check(config(in.resolve("lib/src.zip"))))
            .contains("this JDK came without its sources"));
    Path pdf = files.write("a.7z", new byte[] {'7', 'z', (byte) 0xbc, (byte) 0xaf, '\'', 28, 1});
    String message = Collecting.refusal(ConfigException.class, () -> collect.check(config(pdf)));
    assertTrue(message.contains("is a 7z archive, which is not read: unpack it"), message);
  }

  @Test
  void theKeyChangesWithNameSizeOrTimeOfAFile() throws Exception {
    Path file = files.write("a.txt", "one");
    var collect = new Collect();
    String before = collect.external(config(in));
    assertEquals(before, collect.external(config(in)));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    String touched = collect.external(config(in));
    assertNotEquals(before, touched);
    write("b.txt", "two");
    assertNotEquals(touched, collect.external(config(in)));
  }

  @Test
  void impossibleSettingsAreRefusedBeforeAnyWork() {
    for (String setting :
        List.of(
            "maxDocumentBytes=0",
            "maxRatio=0.5",
            "lines=yes",
            "cut=always",
            "cutWords=1",
            "leastRead=2",
            "encoding=GB99",
            "textEndings=[tar.gz]",
            "sources=[]")) {
      String message =
          Collecting.refusal(ConfigException.class, () -> files.config(List.of(in), setting));
      assertTrue(message.contains(setting.split("=")[0]), message);
    }
  }
}
