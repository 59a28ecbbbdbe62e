package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class AnnotateTest {
  @TempDir Path temporary;
  private int runs;

  private static Document java(String name, String... methods) {
    var text = new StringBuilder("class " + name + " {\n");
    for (String method : methods) {
      text.append("/** The ").append(method).append(" of ").append(name).append(". */\n");
      text.append("int ").append(method).append("() { return 0; }\n");
    }
    return new Document(
        name + ".java",
        text.append("}\n").toString(),
        name,
        Map.of("kind", "code", "language", "java"));
  }

  private Corpus corpus(List<Document> train, List<Document> heldout) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("corpus" + runs++));
    try (var trains = new Documents.Writer(folder, "train");
        var heldouts = new Documents.Writer(folder, "heldout")) {
      train.forEach(trains::write);
      heldout.forEach(heldouts::write);
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), folder);
  }

  private FakeRun run(int threads) {
    return new FakeRun(temporary.resolve("run" + runs++), threads);
  }

  private static Labels annotate(Corpus corpus, Annotate.Config config, FakeRun run)
      throws InterruptedException {
    return new Annotate().run(new Annotate.Inputs(corpus), config, run).labels();
  }

  private static List<String> prompts(Labels labels, Split split) {
    return Examples.read(labels.folder(), split).stream().map(Example::prompt).toList();
  }

  @Test
  void everyPairStandsOnTheSideOfItsFile() throws Exception {
    Corpus corpus = corpus(List.of(java("A", "size", "width")), List.of(java("B", "height")));
    Labels labels = annotate(corpus, Annotate.Config.defaults(), run(2));
    assertEquals(List.of("A.size() : int", "A.width() : int"), prompts(labels, Split.TRAIN));
    Example example = Examples.read(labels.folder(), Split.HELDOUT).getFirst();
    assertEquals(new Example("B.java#1", "B.height() : int", "The height of B.", "B"), example);
  }

  @Test
  void aHeldOutPromptThatTrainHasIsDropped() throws Exception {
    Document copy = java("A", "size", "depth");
    Corpus corpus = corpus(List.of(java("A", "size", "width")), List.of(copy));
    FakeRun run = run(1);
    Labels labels = annotate(corpus, Annotate.Config.defaults(), run);
    assertEquals(List.of("A.depth() : int"), prompts(labels, Split.HELDOUT));
    assertEquals(2, prompts(labels, Split.TRAIN).size());
    assertEquals("1", run.row("Labelled", "not: held out, prompt in train").get(1));
  }

  @Test
  void equalPairsStandOnce() throws Exception {
    Corpus corpus = corpus(List.of(java("A", "size"), java("A", "size", "width")), List.of());
    FakeRun run = run(1);
    assertEquals(
        List.of("A.size() : int", "A.width() : int"),
        prompts(annotate(corpus, Annotate.Config.defaults(), run), Split.TRAIN));
    assertEquals("1", run.row("Labelled", "not: same pair again").get(1));
  }

  private static List<Document> many(String prefix, int count) {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < count; i++) {
      documents.add(java(prefix + i, "size", "width", "height"));
    }
    return documents;
  }

  @Test
  void threadsChangeNothing() throws Exception {
    Corpus corpus = corpus(many("T", 400), many("H", 50));
    Labels one = annotate(corpus, Annotate.Config.defaults(), run(1));
    Labels four = annotate(corpus, Annotate.Config.defaults(), run(4));
    assertEquals(one.ref(), four.ref());
    assertEquals(1200, prompts(four, Split.TRAIN).size());
    assertEquals(150, prompts(four, Split.HELDOUT).size());
  }

  @Test
  void theMostAreChosenByTheirIdsAndKeepTheirOrder() throws Exception {
    Annotate.Config few = with("maxExamples", 100, "maxHeldout", 10, "maxPerFile", 2);
    Labels all =
        annotate(corpus(many("T", 100), many("H", 20)), Annotate.Config.defaults(), run(1));
    Labels some = annotate(corpus(many("T", 100), many("H", 20)), few, run(1));
    List<String> chosen = prompts(some, Split.TRAIN);
    assertEquals(100, chosen.size());
    assertEquals(10, prompts(some, Split.HELDOUT).size());
    List<String> inOrder = new ArrayList<>(prompts(all, Split.TRAIN));
    inOrder.retainAll(chosen);
    assertEquals(inOrder, chosen);
    assertTrue(
        chosen.getFirst().startsWith("T") && chosen.getLast().startsWith("T9"), chosen.getLast());
    assertTrue(chosen.stream().noneMatch(p -> p.contains("height")), "beyond maxPerFile");
  }

  private static Document prose(String id, String text) {
    return new Document(id, text, id, Map.of("kind", "prose", "language", "en"));
  }

  @Test
  void aCorpusOfNoPairsGivesEmptyLabelsAndANote() throws Exception {
    var prose = prose("a.md", "# Title");
    FakeRun run = run(1);
    Labels labels =
        annotate(corpus(List.of(prose), List.of(prose)), Annotate.Config.defaults(), run);
    assertEquals(List.of(), prompts(labels, Split.TRAIN));
    assertEquals(List.of(), prompts(labels, Split.HELDOUT));
    assertTrue(
        run.notes().getFirst().contains("two sentences of 3 … 40 words"), run.notes().getFirst());
  }

  @Test
  void theKindOfADocumentChoosesItsLabeller() throws Exception {
    FakeRun run = run(2);
    Labels labels =
        annotate(
            corpus(
                List.of(
                    prose("a.txt", "The first sentence is here. The second one follows it."),
                    java("A", "size"),
                    prose("b.md", "# Storage\n\nAll of it is kept on disk. More."),
                    // A comment is documentation in code alone.
                    prose("c.txt", "/** The size of it. */ int size();"),
                    java("B", "width", "height")),
                List.of(prose("d.txt", "One more sentence is here. And another one follows it."))),
            Annotate.Config.defaults(),
            run);
    assertEquals(
        List.of(
            "Continue: The first sentence is here.",
            "A.size() : int",
            "Storage",
            "B.width() : int",
            "B.height() : int"),
        prompts(labels, Split.TRAIN));
    assertEquals(List.of("pairs: train", "3", "2"), run.row("Labelled", "pairs: train"));
    assertEquals(List.of("pairs: heldout", "0", "1"), run.row("Labelled", "pairs: heldout"));
    assertTrue(run.notes().getFirst().startsWith("held-out pairs: 1;"), run.notes().getFirst());
  }

  @Test
  void proseKeepsTheRulesOfLeakAndRepetition() throws Exception {
    String text = "The first sentence is here. The second one follows it.";
    String other = "The first sentence is here. Something else follows it.";
    FakeRun run = run(1);
    Labels labels =
        annotate(
            corpus(
                List.of(prose("a.txt", text), prose("b.txt", text)),
                List.of(prose("c.txt", other))),
            Annotate.Config.defaults(),
            run);
    assertEquals(1, prompts(labels, Split.TRAIN).size());
    assertEquals(List.of(), prompts(labels, Split.HELDOUT));
    assertEquals("1", run.row("Labelled", "not: same pair again").get(2));
    assertEquals("1", run.row("Labelled", "not: held out, prompt in train").get(2));
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThrows(ConfigException.class, () -> with("maxExamples", 0));
    assertThrows(ConfigException.class, () -> with("minWords", 5, "maxWords", 4));
  }

  /// The usual settings but for some numbers.
  private static Annotate.Config with(Object... namesAndNumbers) {
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    for (int i = 0; i < namesAndNumbers.length; i += 2) {
      settings.put((String) namesAndNumbers[i], (int) namesAndNumbers[i + 1]);
    }
    return Binder.bind("annotate", settings, Annotate.Config.defaults());
  }
}
