package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.fixtures.FakeRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class CollectTest {
  @TempDir Path temporary;
  private Path in;
  private FakeRun run;
  private int runs;

  @BeforeEach
  void folders() throws IOException {
    in = Files.createDirectories(temporary.resolve("in"));
    run = new FakeRun(temporary.resolve("run"), 2);
  }

  private static Collect.Config config(Path... sources) {
    return Collect.Config.defaults()
        .withSources(Arrays.stream(sources).map(Path::toString).toList());
  }

  private List<Document> collect(Collect.Config config) throws InterruptedException {
    run = new FakeRun(temporary.resolve("run" + runs++), 2);
    var collect = new Collect();
    collect.check(config);
    Path folder = collect.run(new Collect.Inputs(), config, run).raw().folder();
    try (var documents = Documents.read(folder, "raw")) {
      return documents.toList();
    }
  }

  private Path write(String name, String text) throws IOException {
    return write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Lines that no two are alike, so that they pack badly.
  private static String noise(int lines) {
    var random = new Random(1);
    var text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(Long.toString(random.nextLong(), 36)).append('\n');
    }
    return text.toString();
  }

  private static String refusal(
      Class<? extends dev.imago.core.ImagoException> type, Executable act) {
    return String.valueOf(assertThrows(type, act).getMessage());
  }

  private String skipped(Skip why) {
    List<String> row = run.row("Collected", "not: " + why.words());
    return row.isEmpty() ? "0" : row.get(1);
  }

  @Test
  void everyKindIsReadInOnePathOrderWithPlaceAndKind() throws Exception {
    write("b.md", "# Title");
    write("a/Deep.java", "class Deep {}");
    write("c.jsonl", "{\"text\":\"one\",\"id\":\"x1\"}\n\n{\"text\":\"two\",\"source\":\"web\"}\n");
    write(
        "d.zip", zip(new TreeMap<>(Map.of("z.txt", utf8("last"), "p/A.java", utf8("class A {}")))));
    write("e.txt.gz", gzip("packed"));
    write("f.jsonl.gz", gzip("{\"text\":\"three\",\"kind\":\"code\"}"));
    write("g.bin", "no");
    List<Document> documents = collect(config(in));
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
    assertEquals("1", skipped(Skip.OTHER));
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
        collect.run(new Collect.Inputs(), config(in), new FakeRun(temporary.resolve("r1"), 1));
    var there =
        collect.run(
            new Collect.Inputs(), config(elsewhere), new FakeRun(temporary.resolve("r2"), 2));
    assertEquals(here.raw().ref(), there.raw().ref());
  }

  @Test
  void twoSourcesOfOneNameGiveDistinctIds() throws Exception {
    write("x/docs/a.txt", "one");
    write("y/docs/a.txt", "two");
    Path first = in.resolve("x/docs");
    Path second = in.resolve("y/docs");
    assertEquals(
        List.of("docs/a.txt", "docs-2/a.txt"),
        collect(config(first, second)).stream().map(Document::id).toList());
  }

  @Test
  void hiddenAndSkippedFoldersAreNotEntered() throws Exception {
    write(".git/a.txt", "no");
    write("target/a.txt", "no");
    write("x/node_modules/a.txt", "no");
    write("x/a.txt", "yes");
    assertEquals(List.of("in/x/a.txt"), collect(config(in)).stream().map(Document::id).toList());
  }

  @Test
  void aByteOrderMarkIsDropped() throws Exception {
    write("a.txt", "\ufeffhello");
    write("b.jsonl", "\ufeff{\"text\":\"line\"}");
    assertEquals(
        List.of("hello", "line"), collect(config(in)).stream().map(Document::text).toList());
  }

  @Test
  void invalidUtf8IsReportedWithItsByteAndPassedOver() throws Exception {
    write("bad.txt", new byte[] {'o', 'k', (byte) 0xc3, '('});
    write("wide.txt", "hello".getBytes(StandardCharsets.UTF_16));
    write("good.txt", "a replacement character \ufffd is text");
    assertEquals(List.of("in/good.txt"), collect(config(in)).stream().map(Document::id).toList());
    assertEquals("2", skipped(Skip.ENCODING));
    assertTrue(run.notes().get(0).startsWith("in/bad.txt: no valid UTF-8"), run.notes().get(0));
    assertTrue(run.notes().get(0).contains("byte 2 is 0xc3"), run.notes().get(0));
    assertTrue(run.notes().get(1).contains("UTF-16"), run.notes().get(1));
  }

  @Test
  void binaryAndEmptyFilesArePassedOver() throws Exception {
    write("nul.txt", "a\0b");
    write("empty.txt", "");
    write("space.md", " \n\t\n");
    write("good.txt", "text");
    assertEquals(1, collect(config(in)).size());
    assertEquals("1", skipped(Skip.BINARY));
    assertEquals("2", skipped(Skip.EMPTY));
  }

  @Test
  void brokenJsonLinesAreNamedAndTheOthersKept() throws Exception {
    write(
        "a.jsonl",
        """
        {"text":"first"}
        {"text":
        {"other":"no text"}
        ["text"]
        {"text":7}
        {"text":"\\ud800 alone"}
        {"text":"last"}
        {"text":"kind","kind":"poem"}\
        """);
    assertEquals(
        List.of("first", "last"), collect(config(in)).stream().map(Document::text).toList());
    assertEquals("6", skipped(Skip.LINE));
    assertTrue(run.notes().get(0).startsWith("in/a.jsonl, line 2: broken JSONL line"));
    assertTrue(run.notes().getLast().startsWith("more of these"), run.notes().getLast());
  }

  @Test
  void aLineOverTheCapSpoilsNoOther() throws Exception {
    write(
        "a.jsonl",
        "{\"text\":\"a\"}\n{\"text\":\"" + "x".repeat(300_000) + "\"}\n{\"text\":\"b\"}");
    var d = Collect.Config.defaults();
    var small =
        new Collect.Config(
            List.of(in.toString()), List.of(), 100_000, d.maxEntryBytes(), 1 << 20, 100, 10);
    assertEquals(List.of("a", "b"), collect(small).stream().map(Document::text).toList());
    assertEquals("1", skipped(Skip.LARGE));
  }

  @Test
  void anEntryThatUnpacksFarBeyondItsSizeIsABomb() throws Exception {
    byte[] zeros = new byte[8 << 20];
    Arrays.fill(zeros, (byte) 'a');
    write("bomb.zip", zip(new TreeMap<>(Map.of("bomb.txt", zeros, "fine.txt", utf8("fine")))));
    write("bomb.txt.gz", gzip("a".repeat(8 << 20)));
    assertEquals(
        List.of("in/bomb.zip!fine.txt"), collect(config(in)).stream().map(Document::id).toList());
    assertEquals("2", skipped(Skip.BOMB));
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("maxRatio = 100")), run.notes().toString());
  }

  @Test
  void capsHoldOnArchiveEntryAndCount() throws Exception {
    byte[] noise = utf8(noise(10_000));
    write("a.zip", zip(new TreeMap<>(Map.of("1.txt", noise, "2.txt", noise, "3.txt", noise))));
    List<String> source = List.of(in.toString());
    long two = noise.length * 2L;
    assertEquals(
        2, collect(new Collect.Config(source, List.of(), 1 << 20, 1 << 20, two, 100, 3)).size());
    assertEquals("1", skipped(Skip.BOMB));
    assertEquals(
        3,
        collect(new Collect.Config(source, List.of(), 1 << 20, 1 << 20, two + two, 100, 3)).size());
    var few = new Collect.Config(source, List.of(), 1 << 20, 1 << 20, two + two, 100, 2);
    assertTrue(refusal(InputException.class, () -> collect(few)).contains("maxEntries = 2"));
    var small = new Collect.Config(source, List.of(), 1 << 20, 1000, two + two, 100, 3);
    assertTrue(
        refusal(InputException.class, () -> collect(small)).contains("maxEntryBytes = 1000"));
  }

  @Test
  void archivesInArchivesAreReported() throws Exception {
    byte[] inner = zip(Map.of("a.txt", utf8("deep")));
    write("a.zip", zip(new TreeMap<>(Map.of("inner.zip", inner, "b.txt", utf8("flat")))));
    assertEquals(1, collect(config(in)).size());
    assertEquals("1", skipped(Skip.NESTED));
  }

  @Test
  void brokenArchivesAreReportedAndPassedOver() throws Exception {
    byte[] zip = zip(Map.of("a.txt", utf8(noise(1000))));
    write("cut.zip", Arrays.copyOf(zip, zip.length / 2));
    write("no.zip", "this is no archive");
    byte[] gzip = gzip(noise(1000));
    write("cut.txt.gz", Arrays.copyOf(gzip, gzip.length / 2));
    write("no.gz", "neither");
    byte[] flipped = zip.clone();
    flipped[zip.length / 3] ^= 0x55;
    write("flipped.zip", flipped);
    write("good.txt", "good");
    assertEquals(List.of("in/good.txt"), collect(config(in)).stream().map(Document::id).toList());
    assertEquals("5", skipped(Skip.ARCHIVE));
  }

  @Test
  void aTruncatedJsonlGzKeepsTheLinesBeforeTheBreak() throws Exception {
    var lines = new StringBuilder();
    noise(2000).lines().forEach(l -> lines.append("{\"text\":\"").append(l).append("\"}\n"));
    byte[] gzip = gzip(lines.toString());
    write("cut.jsonl.gz", Arrays.copyOf(gzip, gzip.length * 3 / 4));
    int kept = collect(config(in)).size();
    assertTrue(kept > 500 && kept < 2000, "kept " + kept);
    assertEquals("1", skipped(Skip.ARCHIVE));
  }

  @Test
  void noDamageToAnArchiveEverEndsTheRun() throws Exception {
    byte[] zip =
        zip(new TreeMap<>(Map.of("a.txt", utf8(noise(20)), "b.jsonl", utf8("{\"text\":\"x\"}\n"))));
    byte[] gzip = gzip(noise(20));
    var random = new Random(42);
    for (int i = 0; i < 400; i++) {
      byte[] broken = (i % 2 == 0 ? zip : gzip).clone();
      for (int hits = random.nextInt(1, 6); hits > 0; hits--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      Path file = write("f" + i % 2 + (i % 2 == 0 ? ".zip" : ".txt.gz"), broken);
      var tally = new Tally(line -> {});
      var source = new SourceFile(file, String.valueOf(file.getFileName()), broken.length, 0);
      new Harvest(Collect.Config.defaults(), tally, d -> {}, dev.imago.core.Progress.NONE)
          .file(source);
      // A damaged zip may have become one without entries; a gzip is read or refused.
      assertTrue(i % 2 == 0 || !tally.rows().isEmpty());
    }
  }

  @Test
  void nothingToReadIsOneClearError() throws Exception {
    write("bad.txt", new byte[] {(byte) 0xff});
    write("other.png", "x");
    String message = refusal(InputException.class, () -> collect(config(in)));
    assertTrue(message.startsWith("no document in "), message);
    assertTrue(message.contains("2 passed over, the first in/bad.txt: no valid UTF-8"), message);
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertTrue(refusal(InputException.class, () -> collect(config(empty))).contains(".jsonl"));
  }

  @Test
  void aSourceThatIsNotThereIsRefusedBeforeAnyWork() throws Exception {
    var collect = new Collect();
    assertTrue(
        refusal(ConfigException.class, () -> collect.check(config())).contains("--input PATH"));
    assertTrue(
        refusal(ConfigException.class, () -> collect.check(config(in.resolve("none"))))
            .contains("is not there"));
    assertTrue(
        refusal(ConfigException.class, () -> collect.check(config(in.resolve("lib/src.zip"))))
            .contains("this JDK came without its sources"));
    Path other = write("a.docx", "x");
    assertTrue(
        refusal(ConfigException.class, () -> collect.check(config(other))).contains(".txt .md"));
  }

  @Test
  void theKeyChangesWithNameSizeOrTimeOfAFile() throws Exception {
    Path file = write("a.txt", "one");
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
  void impossibleCapsAreRefused() {
    var d = Collect.Config.defaults();
    assertThrows(
        ConfigException.class,
        () -> new Collect.Config(List.of(), List.of(), 0, d.maxEntryBytes(), 1, 100, 1));
    assertThrows(
        ConfigException.class, () -> new Collect.Config(List.of(), List.of(), 1, 1, 1, 0.5, 1));
  }
}
