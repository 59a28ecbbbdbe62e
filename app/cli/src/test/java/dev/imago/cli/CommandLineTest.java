package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Wrong input of every kind: one clear message, a non-zero exit, no stack trace.
class CommandLineTest {
  @TempDir Path folder;
  private Path workspace;

  private record Said(int exit, String out, String err) {}

  @BeforeEach
  void workspace() {
    workspace = folder.resolve("workspace");
  }

  private Said imago(String... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    var told = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      var all = new java.util.ArrayList<>(List.of("--workspace", workspace.toString()));
      all.addAll(List.of(words));
      int exit = Imago.execute(all.toArray(String[]::new));
      return new Said(
          exit, said.toString(StandardCharsets.UTF_8), told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private void refused(Said said, int exit, String words) {
    assertEquals(exit, said.exit(), said.err());
    assertTrue(said.err().contains(words), said.err());
    assertFalse(said.err().contains("\tat "), said.err());
    assertEquals(1, said.err().lines().filter(l -> l.startsWith("imago: ")).count(), said.err());
  }

  private Path recipe(String yaml) throws Exception {
    Path file = folder.resolve("r.yaml");
    Files.writeString(file, yaml);
    return file;
  }

  @Test
  void aWrongSettingNamesTheNearest() throws Exception {
    Path file = recipe("stages: {collect: {sources: [\".\"]}, prepare: {heldoutFracton: 0.1}}");
    refused(imago("run", file.toString()), 2, "did you mean «heldoutFraction»?");
    assertFalse(Files.exists(workspace), "nothing may be begun");
  }

  @Test
  void anImpossibleValueNamesItsBound() {
    refused(imago("run", "smoke", "pretrain.depth=99"), 2, "depth = 99 is outside 1 … 64");
    refused(imago("run", "smoke", "serve.port=99999"), 2, "port = 99999 is outside");
    refused(imago("run", "smoke", "--threads=0"), 2, "--threads = 0");
    refused(
        imago("run", "masked", "--show=2", "--input", folder.toString()),
        2,
        "recipe masked has no step that tunes");
  }

  @Test
  void aProfileThatCannotBeWrittenIsToldBeforeAnyWork() {
    String nowhere = folder.resolve("none").resolve("a.jfr").toString();
    refused(imago("run", "smoke", "--jfr", nowhere), 2, "no such folder");
    refused(imago("run", "smoke", "--jfr", folder.toString()), 2, "is no file");
    assertFalse(Files.exists(workspace), "nothing may be begun");
  }

  @Test
  void whatASweepCannotSearchIsToldBeforeAnyWork() throws Exception {
    String recipe = Tiny.recipe(folder).toString();
    refused(
        imago("sweep", recipe, "--set", "pretrain.learningRat=log:1e-4..1e-2"),
        2,
        "did you mean «learningRate»?");
    refused(imago("sweep", recipe, "--set", "pretrain.depth=2..99"), 2, "outside 1 … 64");
    refused(imago("sweep", recipe, "--set", "pretrain.depth=3..2"), 2, "is empty");
    refused(imago("sweep", recipe, "--set", "pretrain.learningRate=log:0..1"), 2, "logarithm");
    refused(
        imago("sweep", recipe, "--set", "pretrain.depth=2,3", "--metric", "heldoutLoss"),
        2,
        "no longer held out");
    refused(
        imago("sweep", recipe, "--set", "compress.maxLossIncrease=0.1,0.2"), 2, "does not depend");
    refused(imago("sweep", recipe, "--set", "pretrain.depth=2", "--trials", "0"), 2, "--trials");
    assertFalse(Files.exists(workspace), "nothing may be begun");
  }

  @Test
  void whatIsForAHubIsNotTakenWithAPath() {
    String path = folder.toString();
    refused(imago("import", path, "--token", "t"), 2, "--token is for hf:OWNER/NAME");
    refused(imago("import", path, "--endpoint", "https://a"), 2, "--endpoint is for hf:");
    refused(imago("import", path, "--file", "a.gguf"), 2, "--file is for hf:OWNER/NAME");
    refused(imago("import", "https://hub/a/b"), 2, "or hf:OWNER/NAME of a hub");
    refused(imago("import", ""), 2, "there is nothing at «»");
  }

  @Test
  void aMisspeltCommandOrOptionNamesTheNearest() {
    refused(imago("rnu"), 2, "did you mean run?");
    refused(imago("tokenize", "trian"), 2, "did you mean train?");
    refused(imago("run", "--inptu", "x"), 2, "did you mean --input?");
    refused(imago("serve", "--port", "abc"), 2, "'abc' is not an int");
    refused(imago("show"), 2, "'REF'");
    assertEquals(1, imago("--hlp").err().lines().count());
  }

  @Test
  void helpWakesNeitherJsonNorLogging() throws Exception {
    Process help =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.imago.cli.Imago",
                "--help")
            .redirectErrorStream(true)
            .start();
    String said = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, help.waitFor(), said);
    assertTrue(said.contains("Usage: imago"), said);
    assertFalse(said.contains("tools.jackson.databind.json.JsonMapper "), "Jackson was loaded");
    assertFalse(said.contains("java.util.logging.LogManager "), "logging was begun");
    assertFalse(said.contains("org.bytedeco."), "libtorch's classes were loaded");
  }

  @Test
  void anUnknownRecipeIsNamed() {
    refused(imago("run", "quikstart"), 2, "did you mean «quickstart»?");
    refused(
        imago("run", "nothing"),
        2,
        "quickstart, rerank, shakespeare-best, shakespeare-char, smoke");
    refused(imago("run", folder.resolve("none.yaml").toString()), 2, "none.yaml");
  }

  @Test
  void aMissingInputIsNamed() {
    refused(imago("run", "smoke", "--input", folder.resolve("no").toString()), 2, "no");
    refused(imago("run", "smoke", "--input", ""), 2, "--input is empty");
  }

  @Test
  void anEmptyInputIsRefused() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    refused(imago("run", "smoke", "--input", empty.toString()), 3, "no document");
  }

  @Test
  void filesOfNoKindThatIsReadAreCountedWithTheKindsThatAre() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("a.exe"), "x");
    String kinds = " of a kind that is read (.txt .md .java .py (and other code) .html .jsonl";
    Said one = imago("run", "smoke", "--input", other.toString());
    refused(one, 3, "its one file is not" + kinds);
    assertTrue(one.err().contains("name others with --input PATH"), one.err());
    Files.writeString(other.resolve("b.exe"), "x");
    refused(
        imago("run", "smoke", "--input", other.toString()), 3, "none of its 2 files is" + kinds);
  }

  @Test
  void anArchiveThatIsCutIsToldWithItsPlaceAndTheMend() throws Exception {
    var packed = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(packed)) {
      gzip.write("a tar archive of many files ".repeat(40).getBytes(StandardCharsets.UTF_8));
    }
    for (int bytes : new int[] {1, 20}) {
      Path cut =
          Files.write(
              folder.resolve("cut.tar.gz"), java.util.Arrays.copyOf(packed.toByteArray(), bytes));
      Said said = imago("run", "smoke", "--input", cut.toString());
      refused(said, 3, "cut.tar.gz: broken archive or entry");
      assertTrue(said.err().contains("pack it again"), said.err());
    }
  }

  @Test
  void hiddenFilesAreSaidNotToBeRead() throws Exception {
    Path hidden = Files.createDirectories(folder.resolve("work/.git"));
    Files.writeString(hidden.resolve("a.txt"), "x");
    refused(
        imago("run", "smoke", "--input", folder.resolve("work").toString()), 3, "nothing hidden");
  }

  @Test
  void aDocumentOverItsCapIsToldWithTheMend() throws Exception {
    Path file = Files.writeString(folder.resolve("large.txt"), "word ".repeat(30));
    Said said =
        imago(
            "run",
            "smoke",
            "--input",
            file.toString(),
            "collect.maxDocumentBytes=100",
            "collect.cut=never");
    refused(said, 3, "more than maxDocumentBytes = 100: split it, or raise that up to 67,108,864");
  }

  @Test
  void aBrokenZipInAZipIsTold() throws Exception {
    Path file = folder.resolve("outer.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("inner.zip"));
      zip.write(new byte[] {'P', 'K', 5, 6});
    }
    Said said = imago("run", "smoke", "--input", file.toString());
    refused(said, 3, "outer.zip!inner.zip: broken archive or entry");
    assertTrue(said.err().contains("pack it again"), said.err());
  }

  @Test
  void invalidUtf8IsToldWithItsPlace() throws Exception {
    Path file = folder.resolve("bad.txt");
    Files.write(file, new byte[] {'a', 'b', (byte) 0xC3, (byte) 0x28});
    Said said = imago("run", "smoke", "--input", file.toString());
    refused(said, 3, "no document");
    assertTrue(said.err().contains("UTF-8"), said.err());
  }

  @Test
  void aBrokenArchiveIsTold() throws Exception {
    Path file = folder.resolve("broken.zip");
    Files.write(file, new byte[] {'P', 'K', 3, 4, 0, 0, 1, 2, 3});
    refused(imago("run", "smoke", "--input", file.toString()), 3, "broken.zip");
  }

  @Test
  void aZipBombIsTold() throws Exception {
    Path file = folder.resolve("bomb.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("bomb.txt"));
      byte[] zeros = new byte[1 << 20];
      java.util.Arrays.fill(zeros, (byte) 'a');
      for (int i = 0; i < 30; i++) {
        zip.write(zeros);
      }
    }
    refused(imago("run", "smoke", "--input", file.toString()), 3, "bomb.zip");
  }

  @Test
  void aWorkspaceThatCannotBeWrittenNamesItsMend() throws Exception {
    Path input = Files.writeString(folder.resolve("a.txt"), "One document.");
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    for (Path place : List.of(file, file.resolve("below"))) {
      workspace = place;
      Said said = imago("run", "smoke", "--input", input.toString());
      refused(said, 4, "the workspace " + place + " cannot be written: ");
      assertTrue(said.err().contains("--workspace DIR"), said.err());
      assertFalse(said.err().contains("written: " + place), "the reason is no path: " + said.err());
    }
  }

  @Test
  void aTokenizerThatCompressCannotWriteIsRefusedBeforeAnyWork() {
    Said said = imago("run", "smoke", "--dry-run", "vocabulary.kind=UNIGRAM");
    assertEquals(2, said.exit());
    assertTrue(said.err().contains("cannot go into the GGUF that compress writes"), said.err());
    assertEquals(0, imago("run", "smoke", "--dry-run", "vocabulary.kind=WORDPIECE").exit());
  }

  @Test
  void anArchitectureThatCompressCannotWriteIsRefusedBeforeItIsTrained() {
    for (String architecture : new String[] {"lstm", "bert"}) {
      Said said = imago("run", "smoke", "--dry-run", "pretrain.architecture=" + architecture);
      refused(said, 2, "pretrain.architecture = " + architecture + " cannot go into the GGUF");
    }
    assertEquals(0, imago("run", "smoke", "--dry-run", "pretrain.architecture=gpt2").exit());
  }

  @Test
  void aDryRunPrintsTheResolvedRecipeAndDoesNothing() {
    Said said = imago("run", "smoke", "--dry-run", "pretrain.depth=3");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("depth: 3"), said.out());
    assertTrue(said.out().contains("waits for collect, which runs"), said.out());
    assertFalse(Files.exists(workspace.resolve("artifacts")));
  }

  @Test
  void whatIsNotThereYetIsTold() {
    refused(imago("serve"), 2, "imago run");
    refused(imago("show", "weights/abcdef"), 2, "imago list");
    refused(imago("lineage", "nonsense"), 2, "imago list");
    assertEquals(0, imago("runs").exit());
  }

  @Test
  void exportingNoFeedbackIsTold() {
    Said said = imago("feedback", "export", "--out", folder.resolve("p.jsonl").toString());
    assertEquals(3, said.exit(), said.err());
  }

  @Test
  void aCommandAloneIsTheOneThatItsClassNames() {
    Imago.commandLine(new Imago())
        .getSubcommands()
        .values()
        .forEach(
            command -> {
              Class<?> type = command.getCommandSpec().userObject().getClass();
              assertEquals(
                  command.getCommandName(),
                  type.getAnnotation(picocli.CommandLine.Command.class).name());
            });
    var alone = Imago.commandLine(new Imago(), "-q", "--workspace", "run", "show", "gc");
    assertEquals(java.util.Set.of("show"), alone.getSubcommands().keySet());
  }

  /// One command line for all: made anew for each of a hundred, they took 19 s.
  @Test
  void helpOfEveryCommandIsThereWithAnExample() {
    picocli.CommandLine root = Imago.commandLine(new Imago());
    helped(root, root, List.of());
  }

  private static void helped(
      picocli.CommandLine root, picocli.CommandLine line, List<String> path) {
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              if (name.equals("help")) {
                return;
              }
              var words = new java.util.ArrayList<>(path);
              words.add(name);
              var help = new java.util.ArrayList<>(words);
              help.add("--help");
              var said = new java.io.StringWriter();
              root.setOut(new java.io.PrintWriter(said, true));
              assertEquals(0, root.execute(help.toArray(String[]::new)), name);
              String out = said.toString();
              assertTrue(out.contains("Usage: imago " + path(path)), out);
              assertTrue(out.contains("Example"), out);
              helped(root, command, words);
            });
  }

  private static String path(List<String> words) {
    return words.isEmpty() ? "" : String.join(" ", words) + " ";
  }

  @Test
  void helpGroupsEveryCommand() {
    var grouped = new java.util.TreeSet<String>();
    Imago.GROUPS.values().forEach(grouped::addAll);
    var all = new java.util.TreeSet<String>();
    Imago.commandLine(new Imago())
        .getSubcommands()
        .values()
        .forEach(c -> all.add(c.getCommandName()));
    assertEquals(all, grouped);
    String help = imago("--help").out();
    assertEquals(help, imago("--help", "serve").out());
    Imago.GROUPS.keySet().forEach(g -> assertTrue(help.contains("\n" + g + ":\n"), help));
  }
}
