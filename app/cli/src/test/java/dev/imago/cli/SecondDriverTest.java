package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.collect.Collect;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.fixtures.FakeRun;
import dev.imago.prepare.Prepare;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Collecting and preparing are functions that any driver may call: another one than the stages, in
/// another order and on other threads, writes the same files, byte for byte.
class SecondDriverTest {
  private static final String[] WORDS =
      ("the of and to be that have with river mountain paper machine garden window letter number "
              + "winter summer doctor village history science morning evening people country "
              + "question answer reason learning language market station picture music story")
          .split(" ");

  private static final String CHINESE = "春天来了，山上的花都开了，孩子们在河边唱歌，老人坐在树下讲从前的故事，大家都很高兴，因为今年的收成会很好。";

  @TempDir Path temporary;
  private Path in;

  @BeforeEach
  void aFolder() throws IOException {
    in = Files.createDirectories(temporary.resolve("in"));
  }

  private static String prose(long seed, int words) {
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
      text.append(i % 60 == 59 ? ".\n\n" : i % 12 == 11 ? ".\n" : " ");
    }
    return text.toString();
  }

  private void write(String name, String text, Charset encoding) throws IOException {
    write(name, text.getBytes(encoding));
  }

  private void write(String name, String text) throws IOException {
    write(name, text, StandardCharsets.UTF_8);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /// Every kind of file that is read and some that are not; documents of every fate.
  private void mixedFolder() throws IOException {
    for (int i = 0; i < 30; i++) {
      write("pages/page-%02d.txt".formatted(i), prose(i, 130));
    }
    write("pages/again.txt", prose(7, 130));
    write("pages/nearly.md", prose(8, 130) + "One more line of it.\n");
    write("pages/short.txt", "two words");
    write("pages/mail.txt", prose(40, 130) + "Write to ann@mail.mit.edu or to 93.184.216.34.");
    write("book.txt", prose(50, 6_000));
    write("chinese.txt", CHINESE.repeat(4), Charset.forName("GB18030"));
    write(
        "page.html",
        "<html><head><title>t</title></head><body><nav>menu</nav><p>"
            + prose(60, 130)
            + "</p></body></html>");
    write(
        "src/A.java",
        "/* Copyright (c) 2020 X */\npackage a;\n\n"
            + "final class Program { int value = compute(1, 2, 3) + compute(4, 5, 6); }\n");
    var rows = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      rows.append("{\"id\": %d, \"text\": \"%s\"}\n".formatted(i, prose(i, 60).replace("\n", " ")));
    }
    write("rows.jsonl", rows + "{\"text\": broken\n");
    write("table.csv", "review,stars\n\"" + prose(70, 90) + "\",5\n\"" + prose(71, 90) + "\",1\n");
    var zipped = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(zipped)) {
      for (int i = 0; i < 4; i++) {
        zip.putNextEntry(new ZipEntry("in/" + i + ".txt"));
        zip.write(prose(80 + i, 130).getBytes(StandardCharsets.UTF_8));
      }
    }
    write("more.zip", zipped.toByteArray());
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(prose(90, 400).getBytes(StandardCharsets.UTF_8));
    }
    write("packed.txt.gz", packed.toByteArray());
    write("cut.txt.gz", java.util.Arrays.copyOf(packed.toByteArray(), packed.size() / 2));
    write("binary.txt", new byte[] {0, 1, 2, 3, 0, 0, 4});
    write("picture.png", new byte[] {(byte) 0x89, 'P', 'N', 'G'});
  }

  /// Both drivers on the folder; what the stages rejected.
  private List<Document> sameFromBoth() throws Exception {
    var collecting = new FakeRun(temporary.resolve("collect"), 2);
    Corpus raw =
        new Collect()
            .run(
                new Collect.Inputs(List.of()),
                Collect.Config.defaults().withSources(List.of(in.toString())),
                collecting)
            .raw();
    Prepare.Outputs stages =
        new Prepare()
            .run(
                new Prepare.Inputs(raw, List.of()),
                CorpusRules.defaults(),
                new FakeRun(temporary.resolve("prepare"), 2));
    for (long seed = 0; seed < 2; seed++) {
      Path out = temporary.resolve("second-" + seed);
      var second = new SecondDriver(ExtractionSettings.defaults(), CorpusRules.defaults(), seed);
      List<Document> documents = second.collect(in, out.resolve("raw"));
      second.prepare(documents, out.resolve("corpus"), out.resolve("rejects"));
      assertSameFiles(raw.folder(), out.resolve("raw"));
      assertSameFiles(stages.corpus().folder(), out.resolve("corpus"));
      assertSameFiles(stages.rejects().folder(), out.resolve("rejects"));
    }
    try (var rejects = Documents.read(stages.rejects().folder(), "rejects")) {
      return rejects.toList();
    }
  }

  private static void assertSameFiles(Path expected, Path actual) throws IOException {
    List<String> names = names(expected);
    assertTrue(!names.isEmpty());
    assertEquals(names, names(actual));
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(name)),
          Files.readAllBytes(actual.resolve(name)),
          name);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".zst"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aMixedFolderGivesTheSameCorpus() throws Exception {
    mixedFolder();
    List<String> rules =
        sameFromBoth().stream().map(document -> document.tags().get("rule")).distinct().toList();
    assertTrue(
        rules.containsAll(List.of("exact-duplicate", "near-duplicate", "gopher-words")),
        rules.toString());
  }

  @Test
  void aSingleDocumentIsCutInTheSamePlace() throws Exception {
    write("only.txt", prose(1, 300));
    assertEquals(List.of(), sameFromBoth());
  }

  @Test
  void aCorpusOfShortTextsStepsBackForBoth() throws Exception {
    for (int i = 0; i < 40; i++) {
      write("lines/" + i + ".txt", "Headline number " + i + ": all is well in the town");
    }
    sameFromBoth();
  }

  @Test
  void textsInManyEncodingsGiveTheSameCorpus() throws Exception {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "."));
    Path shared = named == null ? root.resolve("../shared") : Path.of(named);
    Path folder = shared.resolve("data/chardet");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no shared data: " + folder);
    in = folder.toRealPath();
    sameFromBoth();
  }
}
