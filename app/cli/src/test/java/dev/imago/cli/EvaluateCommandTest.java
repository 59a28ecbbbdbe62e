package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  @BeforeEach
  void write() throws IOException {
    said = Files.writeString(folder.resolve("said.txt"), SAID);
    wanted = Files.writeString(folder.resolve("wanted.txt"), WANTED);
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
  void whatWasReadIsCountedOfWhatCanBeLookedFor() throws IOException {
    Path items =
        Files.writeString(
            folder.resolve("items.jsonl"),
            "{\"q\": \"Which of the seven towns lies by the western sea?\"}\n"
                + "{\"q\": \"Who wrote the long book of the quiet hills?\"}\n{\"q\": \"Why?\"}\n");
    Path read =
        Files.writeString(
            folder.resolve("read.jsonl"),
            "{\"text\": \"Say: which of the seven towns lies by the western sea? It is Ul.\"}\n");
    Said told = imago("evaluate", "contamination", "--items", items, "--read", read);
    assertEquals(0, told.exit(), told.err());
    assertTrue(
        told.err().contains("1 of 2 items (50.00 %) stand in 1 texts; 1 more are too short"),
        told.err());
    assertTrue(told.out().contains("read.jsonl line 1"), told.out());
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
  void standardInputIsReadOnce() {
    assertTrue(imago("evaluate", "score", "-", "-").err().contains("standard input once"));
    Said told = imago("evaluate", "compare", "-", said, "--reference", "-");
    assertTrue(told.exit() == 2 && told.err().contains("standard input once"), told.err());
  }

  @Test
  void misspeltNamesGiveTheNearestOne() {
    Said told = imago("evaluate", "score", "--metric", "rougel,blue", said, wanted);
    assertEquals(2, told.exit());
    assertTrue(told.err().contains("did you mean bleu?"), told.err());
    assertTrue(imago("evaluate", "score", "--tokenize", "13b", said, wanted).err().contains("13a"));
  }

  private Path items(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  @Test
  void aBetterSystemIsCalledBetterAndItsFlipsAreListed() throws IOException {
    var a = new String[12];
    var b = new String[12];
    for (int i = 0; i < 12; i++) {
      a[i] = "{\"id\": \"q%d\", \"correct\": true}".formatted(i);
      b[i] = "{\"id\": \"q%d\", \"correct\": %s}".formatted(11 - i, 11 - i < 3);
    }
    Said told = imago("evaluate", "compare", "--json", items("a.jsonl", a), items("b.jsonl", b));
    assertEquals(0, told.exit(), told.err());
    JsonNode one = JsonMapper.shared().readTree(told.out()).get(0);
    assertEquals("better", one.get("verdict").asString());
    assertEquals("McNemar, exact", one.get("test").asString());
    assertEquals(2 * Math.pow(0.5, 9), one.get("p").asDouble(), 1e-12);
    assertEquals(9, one.get("flipped").size());
    String shown =
        imago("evaluate", "compare", folder.resolve("b.jsonl"), folder.resolve("a.jsonl")).out();
    assertTrue(shown.contains("worse") && shown.contains("B on 9"), shown);
  }

  @Test
  void itemsThatBelongTogetherCountTogether() throws IOException {
    var a = new String[12];
    var b = new String[12];
    for (int i = 0; i < 12; i++) {
      a[i] = "{\"score\": %d, \"text\": \"t%d\"}".formatted(i < 8 ? 1 : 0, i / 6);
      b[i] = "{\"score\": 0, \"text\": \"t%d\"}".formatted(i / 6);
    }
    Path first = items("a.jsonl", a);
    Path second = items("b.jsonl", b);
    String alone = imago("evaluate", "compare", first, second).out();
    assertTrue(alone.contains("better"), alone);
    Said told = imago("evaluate", "compare", "--cluster", "text", first, second);
    assertTrue(told.out().contains("bootstrap of 2 clusters"), told.out() + told.err());
  }

  @Test
  void textsAreComparedByMetrics() throws IOException {
    Said told =
        imago("evaluate", "compare", said, wanted, "--reference", wanted, "--metric", "chrf,ter");
    assertEquals(0, told.exit(), told.err());
    assertTrue(told.out().contains("not told apart") && told.out().contains("Holm"), told.out());
    assertTrue(told.out().contains(" 95% interval"), told.out());
  }

  @Test
  void textsWithoutAnyReferenceAreNotCompared() throws IOException {
    Path none = Files.writeString(folder.resolve("none.txt"), "\n\n");
    Said told = imago("evaluate", "compare", said, wanted, "--reference", none, "--metric", "wer");
    assertEquals(3, told.exit(), told.out());
    assertTrue(told.err().contains("WER has no value"), told.err());
  }

  @Test
  void scoredLinesAreItemsToCompare() {
    Path one = folder.resolve("one.jsonl");
    Path other = folder.resolve("other.jsonl");
    imago("evaluate", "score", "--metric", "chrf", "--items", one, "--interval", said, wanted);
    imago("evaluate", "score", "--metric", "chrf", "--items", other, wanted, wanted);
    Said told = imago("evaluate", "compare", one, other);
    assertTrue(told.out().contains("chrF2") && told.out().contains("2 items"), told.err());
  }

  @Test
  void answersAreCheckedAgainstTheirSourcesAndTheirItemsCompared() throws IOException {
    Path answers =
        items(
            "answers.jsonl",
            "{\"id\": 1, \"answer\": \"{}\", \"source\": \"none\"}",
            "{\"id\": 2, \"answer\": \"It cost 12.\", \"source\": \"It cost 11.\"}");
    Path found = folder.resolve("found.jsonl");
    Said told =
        imago("evaluate", "check", answers, "--check", "json,numbers", "--items", found, "--json");
    JsonNode checks = JsonMapper.shared().readTree(told.out());
    assertEquals(0.5, checks.get(0).get("value").asDouble(), told.err());
    assertEquals(0, checks.get(1).get("value").asDouble());
    assertEquals(1, checks.get(1).get("n").asInt());
    assertTrue(Files.readString(found).contains("not in the source: 12"));
    Said none = imago("evaluate", "check", said, "--check", "numbers");
    assertTrue(none.err().contains("name it with --source"), none.err());
    Said unused = imago("evaluate", "check", said, "--check", "json", "--tagger", "weights/3f2a");
    assertTrue(unused.err().contains("--tagger is of the check entities"), unused.err());
    unused = imago("evaluate", "check", said, "--check", "json", "--source", said);
    assertTrue(unused.err().contains("said.txt is of numbers, entities"), unused.err());
  }

  @Test
  void pairsThatAreNoneAreRefusedBeforeAModelIsLookedFor() throws IOException {
    Path answers = items("answers.jsonl", "{\"id\": 1, \"answer\": \"a\", \"source\": \"b\"}");
    for (Path test :
        List.of(
            items("one.jsonl", "{\"text\": \"a\", \"label\": \"entailment\"}"),
            items("none.jsonl", "{\"a\": 1}"),
            said)) {
      Said told =
          imago(
              "evaluate",
              "check",
              answers,
              "--check",
              "entailment",
              "--entailment",
              "weights/3f2a",
              "--entailment-test",
              test);
      assertTrue(
          told.err().contains(test + " has no pairs that are known; give rows of premise"),
          told.err());
    }
    Said unused = imago("evaluate", "check", answers, "--check", "json", "--source-sentences", "2");
    assertTrue(
        unused.err().contains("--source-sentences is of the check entailment"), unused.err());
  }

  @Test
  void whatAJudgeWouldNotHonourIsRefusedBeforeItIsOpened() throws IOException {
    Path rows = items("a.jsonl", "{\"id\": 1, \"question\": \"q\", \"answer\": \"a\"}");
    Path people =
        items("p.jsonl", "{\"id\": 1, \"better\": \"A\"}", "{\"id\": 1, \"better\": \"B\"}");
    Said told =
        imago("evaluate", "judge", rows, rows, "--judge", "weights/3f2a", "--max-tokens", 9);
    assertTrue(told.err().contains("--max-tokens is of a server"), told.err());
    told = imago("evaluate", "judge", rows, rows, "--judge", "weights/3f2a", "--people", people);
    assertTrue(told.err().contains("line 2: item 1 stands twice"), told.err());
  }

  @Test
  void whatCannotBeComparedGivesOneMessage() throws IOException {
    Path good = items("good.jsonl", "{\"id\": 1, \"x\": 1}", "{\"id\": 2, \"x\": 0}");
    assertRefused(
        "good.jsonl:2: item 2 is not in", good, items("b.jsonl", "{\"id\": 1, \"x\": 1}"));
    assertRefused(
        "line 1 has", items("b.jsonl", "{\"id\": 1, \"x\": 1}", "{\"id\": 1, \"x\": 0}"), good);
    assertRefused(
        "x is null", good, items("b.jsonl", "{\"id\": 1, \"x\": 1}", "{\"id\": 2, \"x\": null}"));
    assertRefused("b.jsonl:2 is no JSON", good, items("b.jsonl", "{\"id\": 1, \"x\": 1}", "{"));
    assertRefused("no score in common", good, items("b.jsonl", "{\"id\": 1}", "{\"id\": 2}"));
    assertRefused("has no items", items("b.jsonl", ""), good);
    assertRefused("b.jsonl:1: id is {", items("b.jsonl", "{\"id\": {\"a\": 1}, \"x\": 1}"), good);
    assertRefused("b.jsonl:1: id is null", items("b.jsonl", "{\"id\": null, \"x\": 1}"), good);
    Path vast = items("b.jsonl", "{\"id\": 1, \"x\": 1e999}", "{\"id\": 2, \"x\": 1}");
    assertRefused("b.jsonl:1: x is", vast, good);
    assertRefused("b.jsonl:1 holds NaN", good, items("b.jsonl", "{\"id\": 1, \"x\": NaN}"));
    Path asked = items("a.jsonl", "{\"x\": 1, \"gold\": \"yes\"}");
    Path other = items("b.jsonl", "{\"x\": 1, \"gold\": \"no\"}");
    assertRefused("the suite has changed in between", asked, other);
    Path lists = items("b.jsonl", "{\"x\": 1, \"of\": [1]}", "{\"x\": 0, \"of\": [1]}");
    Said told = imago("evaluate", "compare", "--cluster", "of", lists, lists);
    assertTrue(told.exit() == 3 && told.err().contains("of is [1]; give a text"), told.err());
  }

  private static void assertRefused(String what, Path first, Path second) {
    Said told = imago("evaluate", "compare", first, second);
    assertTrue(told.exit() == 3 && told.err().contains(what), told.err());
    assertEquals(1, told.err().lines().count(), told.err());
  }
}
