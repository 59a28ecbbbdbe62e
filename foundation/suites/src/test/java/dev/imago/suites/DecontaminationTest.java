package dev.imago.suites;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class DecontaminationTest {
  private static final String QUESTION =
      "Which river flows through the capital of the country that lies west of the mountains?";

  private static List<String> hits(String item, String document) {
    return new Decontamination(List.of(new TestItem("task", "line 1", item)))
        .hits(document).stream().map(hit -> hit.kind().words()).toList();
  }

  @Test
  void smallEditsLineBreaksWidthAndScriptMakeNoDifference() {
    assertEquals(List.of("whole"), hits(QUESTION, "x. " + QUESTION.replace(' ', '\n') + " y"));
    assertEquals(
        List.of("near"),
        hits(QUESTION, QUESTION.replace("capital", "capitol").replace("west", "east")));
    assertEquals(List.of("whole"), hits("这个国家的首都是哪一个城市？", "請問這個國家的首都\n是哪一個城市"));
    assertEquals(List.of(), hits(QUESTION, "Which river flows through another town altogether?"));
    assertEquals(List.of(), hits(QUESTION, ""));
  }

  @Test
  void plainTextIsReadByLinesOrBySentencesOfColumns(@TempDir Path folder) throws Exception {
    Path lines = Files.writeString(folder.resolve("a.txt"), QUESTION + "\tgeography\nmore\n");
    assertEquals(
        List.of(
            new TestItem("a", "line 1", QUESTION + "\ngeography"),
            new TestItem("a", "line 2", "more")),
        TestItem.read(List.of(lines), List.of()));
    Path german = Files.writeString(folder.resolve("test.de"), "Wo liegt der Ort?\n");
    assertEquals(
        List.of(new TestItem("test.de", "line 1", "Wo liegt der Ort?")),
        TestItem.read(List.of(german), List.of()));
    Path tags = Files.writeString(folder.resolve("b.conll"), "Jan B-PER\ncame O\n\n\nhome O\n\n");
    assertEquals(
        List.of(new TestItem("b", "line 1", "Jan came"), new TestItem("b", "line 5", "home")),
        TestItem.read(List.of(tags), List.of()));
    String rest = "\t_".repeat(7) + "\n";
    String tree = "# text = x\n1\tSie\tsie" + rest + "2\tkam\tkommen" + rest + "2.1\tx\tx" + rest;
    tree += "\n1-2\tdu\t_" + rest + "1\tde\tde" + rest + "2\tle\tle" + rest;
    Path numbered = Files.writeString(folder.resolve("c.conllu"), tree);
    assertEquals("Sie kam", TestItem.read(List.of(numbered), List.of()).getFirst().text());
    assertEquals("de le", TestItem.read(List.of(numbered), List.of()).getLast().text());
    Path chunks = Files.writeString(folder.resolve("d.txt"), "Jan NNP B\ncame VBD I\n\nho UH O\n");
    assertEquals("Jan came", TestItem.read(List.of(chunks), List.of()).getFirst().text());
    assertThrows(InputException.class, () -> TestItem.read(List.of(lines), List.of("question")));
  }

  @Test
  void paragraphsOfProseAreNoColumns(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a.txt"), "\n" + QUESTION + "\n\nWho wrote it?\n");
    assertEquals(
        List.of(
            new TestItem("a", "line 2", QUESTION), new TestItem("a", "line 4", "Who wrote it?")),
        TestItem.read(List.of(file), List.of()));
  }

  @Test
  void aHitNamesTaskItemAndWords(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("quiz.jsonl");
    Files.writeString(
        file, "{\"question\": \"short\", \"id\": \"a\"}\n{\"question\": \"" + QUESTION + "\"}\n");
    var decontamination = new Decontamination(TestItem.read(List.of(file), List.of("question")));
    assertEquals(1, decontamination.items());
    assertEquals(1, decontamination.tooShort());
    Decontamination.Hit hit = decontamination.hits("It asks: " + QUESTION + " Then").getFirst();
    assertEquals("quiz line 2 1.0", hit.task() + " " + hit.item() + " " + hit.share());
    assertTrue(hit.words().contains(QUESTION));
    Path missing = folder.resolve("none.jsonl");
    assertThrows(InputException.class, () -> TestItem.read(List.of(missing), List.of()));
    Path binary = Files.write(folder.resolve("a.parquet"), new byte[] {'P', 0, 1});
    var e = assertThrows(InputException.class, () -> TestItem.read(List.of(binary), List.of()));
    assertTrue(e.getMessage().contains("a.parquet cannot be read as text"), e.getMessage());
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    assertThrows(InputException.class, () -> TestItem.read(List.of(empty), List.of()));
  }

  /// What stands in the documents of allenai/decon's tests, by reference and by document.
  @Test
  void publishedFixturesAreFound() throws Exception {
    Path folder = shared().resolve("decon");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no shared data: " + folder);
    String all = "passage_question_answer_reference";
    assertEquals(List.of(), found(folder, all, "clean"));
    // Its second and third speak of the tower, and not in the test's words.
    List<String> mixed = found(folder, all, "contaminated_mixed");
    assertTrue(mixed.containsAll(List.of("0 line 1", "3 line 2", "4 line 3")), mixed.toString());
    assertTrue(mixed.stream().noneMatch(hit -> hit.startsWith("1 ") || hit.startsWith("2 ")));
    for (String where : List.of("at_beginning", "at_end", "middle_position")) {
      assertTrue(found(folder, all, "contaminated_" + where).contains("0 line 1"), where);
    }
    List<String> multiple = found(folder, all, "contaminated_multiple_in_one");
    assertTrue(
        multiple.containsAll(List.of("0 line 1", "0 line 2", "0 line 3")), multiple.toString());
    for (String reference : List.of(all, "question_answer_reference", "question_reference")) {
      for (String edit :
          List.of("punctuation_variation", "single_edit", "single_insertion", "single_deletion")) {
        assertTrue(found(folder, reference, "contaminated_" + edit).contains("0 line 1"), edit);
      }
      List<String> edges = found(folder, reference, "contaminated_edge_cases");
      assertTrue(edges.size() >= 4, edges.toString());
      assertTrue(found(folder, reference, "long_document").contains("0 line 1"), reference);
    }
  }

  private static List<String> found(Path folder, String reference, String training)
      throws Exception {
    List<String> fields =
        reference.startsWith("passage")
            ? List.of()
            : reference.startsWith("question_answer")
                ? List.of("question", "answer")
                : List.of("question");
    var decontamination =
        new Decontamination(
            TestItem.read(List.of(folder.resolve("reference/" + reference + ".jsonl")), fields));
    var found = new ArrayList<String>();
    int number = 0;
    for (String line : Files.readAllLines(folder.resolve("training/" + training + ".jsonl"))) {
      String text = JsonMapper.shared().readTree(line).path("text").stringValue();
      for (Decontamination.Hit hit : decontamination.hits(text)) {
        found.add(number + " " + hit.item());
      }
      number++;
    }
    return found;
  }

  private static Path shared() {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "."));
    return (named == null ? root.resolve("../shared") : Path.of(named)).resolve("data");
  }
}
