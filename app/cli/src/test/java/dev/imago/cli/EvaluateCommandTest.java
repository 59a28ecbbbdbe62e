package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Metrics of files, as a person would ask for them.
class EvaluateCommandTest {
  private static final String SAID = "The cat sat on the mat.\nHello, world!\n";
  private static final String WANTED = "The cat sat on a mat.\nHello there, world!\n";

  @TempDir Path folder;
  private Path said;
  private Path wanted;

  private record Said(int exit, String out, String err) {}

  @BeforeEach
  void write() throws IOException {
    said = Files.writeString(folder.resolve("said.txt"), SAID);
    wanted = Files.writeString(folder.resolve("wanted.txt"), WANTED);
  }

  private static Said imago(Object... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var printed = new ByteArrayOutputStream();
    var told = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      String[] line = new String[words.length];
      for (int i = 0; i < line.length; i++) {
        line[i] = String.valueOf(words[i]);
      }
      int exit = Imago.execute(line);
      return new Said(
          exit, printed.toString(StandardCharsets.UTF_8), told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /// Recorded: sacreBLEU 2.6.0 of the same files.
  @Test
  void scoresCarryTheirSignatures() {
    Said told = imago("evaluate", "score", "--metric", "bleu,rouge", "--json", said, wanted);
    assertEquals(0, told.exit(), told.err());
    JsonNode scores = JsonMapper.shared().readTree(told.out());
    assertEquals(5, scores.size());
    assertEquals("BLEU", scores.get(0).get("name").asString());
    assertEquals(43.59242209, scores.get(0).get("score").asDouble(), 1e-6);
    assertEquals(
        "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
        scores.get(0).get("signature").asString());
    assertEquals("rougeLsum", scores.get(4).get("name").asString());
  }

  @Test
  void standardInputIsScoredInAPipe() {
    InputStream in = System.in;
    try {
      System.setIn(new ByteArrayInputStream(WANTED.getBytes(StandardCharsets.UTF_8)));
      Said told = imago("evaluate", "score", "--metric", "chrf,wer", "-", wanted);
      assertEquals(0, told.exit(), told.err());
      assertTrue(told.out().contains("chrF2") && told.out().contains("100.0000"), told.out());
    } finally {
      System.setIn(in);
    }
  }

  @Test
  void filesOfDifferentLengthGiveOneMessageWithTheLine() throws IOException {
    Files.writeString(wanted, "one line\n");
    Said told = imago("evaluate", "score", said, wanted);
    assertEquals(3, told.exit());
    assertTrue(told.err().contains("has 1 lines") && told.err().contains("line 2"), told.err());
    Files.writeString(wanted, "");
    assertTrue(imago("evaluate", "score", said, wanted).err().contains("is empty"));
  }

  @Test
  void misspeltNamesGiveTheNearestOne() {
    Said told = imago("evaluate", "score", "--metric", "rougel,blue", said, wanted);
    assertEquals(2, told.exit());
    assertTrue(told.err().contains("did you mean bleu?"), told.err());
    assertTrue(imago("evaluate", "score", "--tokenize", "13b", said, wanted).err().contains("13a"));
  }
}
