package dev.imago.prepare;

import static dev.imago.prepare.Preparing.document;
import static dev.imago.prepare.Preparing.ids;
import static dev.imago.prepare.Preparing.prose;
import static dev.imago.prepare.Preparing.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.corpus.CorpusRules;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Lines, paragraphs and substrings that repeat across a corpus.
class PrepareRepeatsTest {
  private static final String MENU =
      "Home, news, about us, and how to be in touch with the editors";

  private Preparing preparing;

  @BeforeEach
  void aFolderOfItsOwn(@TempDir Path temporary) {
    preparing = new Preparing(temporary);
  }

  private static CorpusRules rules(String repeats) {
    return Binder.bind(
        "prepare",
        (ObjectNode) JsonMapper.shared().readTree("{\"repeats\": " + repeats + "}"),
        CorpusRules.defaults());
  }

  private static List<Document> all(Corpus corpus) {
    var documents = new ArrayList<Document>(read(corpus, "train"));
    documents.addAll(read(corpus, "heldout"));
    return documents;
  }

  /// Pages with a menu; three that are nothing but lines of each other; code with the menu in it.
  private static List<Document> pages() {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 12; i++) {
      documents.add(document("page-" + i, "prose", MENU + "\n" + prose(i)));
    }
    String[] lines = new String[3];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = prose(100 + i).replace('\n', ' ').strip();
    }
    documents.add(document("a", "prose", lines[0] + "\n" + lines[1]));
    documents.add(document("b", "prose", lines[1] + "\n" + lines[2]));
    documents.add(document("c", "prose", lines[2] + "\n" + lines[0]));
    String code =
        "/** " + MENU + " */\nclass A%d {\n  int value = %d;\n}\n" + "// of %d\n".repeat(9);
    for (int i = 0; i < 4; i++) {
      documents.add(document("A" + i + ".java", "code", code.replace("%d", "" + i * 7919)));
    }
    return documents;
  }

  @Test
  void linesOfManyDocumentsAreCutAndThoseOfNothingElseGo() throws Exception {
    Prepare.Outputs out = preparing.prepare(pages(), rules("{\"lines\": 1}"), preparing.run(2));
    Map<String, Document> kept =
        all(out.corpus()).stream().collect(Collectors.toMap(Document::id, d -> d));
    for (int i = 0; i < 12; i++) {
      Document page = kept.get("page-" + i);
      assertEquals(prose(i), page.text());
      assertEquals(Integer.toString(MENU.length() + 1), page.tags().get("cut"));
    }
    List<Document> rejects =
        read(out.rejects(), "rejects").stream()
            .filter(d -> d.tags().get("rule").equals("repeated-parts"))
            .toList();
    assertEquals(Set.of("a", "b", "c"), ids(rejects));
    assertEquals("1.000", rejects.getFirst().tags().get("measured"));
    assertTrue(rejects.getFirst().text().contains("\n"), "told whole");
    assertTrue(
        kept.values().stream()
            .filter(d -> d.id().endsWith(".java"))
            .allMatch(d -> d.text().contains("class A") && !d.tags().containsKey("cut")),
        "code keeps its lines");
    assertFalse(read(out.corpus(), "heldout").isEmpty());
  }

  @Test
  void oneCopyOfASubstringStaysOrNone() throws Exception {
    String passage = prose(500).substring(0, 300);
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 12; i++) {
      String text = prose(i);
      documents.add(
          document("page-" + i, "prose", i % 3 == 0 ? text + passage + prose(50 + i) : text));
    }
    for (int copies = 0; copies < 2; copies++) {
      String keep = copies == 1 ? "one" : "none";
      CorpusRules rules = rules("{\"substrings\": 200, \"keep\": \"" + keep + "\"}");
      Prepare.Outputs out = preparing.prepare(documents, rules, preparing.run(2));
      assertEquals(
          copies, all(out.corpus()).stream().filter(d -> d.text().contains(passage)).count());
      assertEquals(12, all(out.corpus()).size());
      Prepare.Outputs again = preparing.prepare(documents, rules, preparing.run(1));
      assertEquals(out.corpus().ref(), again.corpus().ref());
    }
  }

  @Test
  void whatIsLeftIsAskedForItsLengthAgain() throws Exception {
    List<Document> documents = new ArrayList<>(pages());
    String line = prose(700).replace('\n', ' ').strip();
    documents.add(document("left", "prose", line + "\nA few of the words that are its own."));
    documents.add(document("other", "prose", line + "\n" + prose(701)));
    Prepare.Outputs out = preparing.prepare(documents, rules("{\"lines\": 1}"), preparing.run(1));
    Document left =
        read(out.rejects(), "rejects").stream()
            .filter(d -> d.id().equals("left"))
            .findFirst()
            .orElseThrow();
    assertEquals("gopher-words", left.tags().get("rule"));
    assertEquals("9.000", left.tags().get("measured"));
  }

  @Test
  void nonsenseIsRefusedAndAnEngineThatSeesPartsAlone() {
    for (String wrong :
        List.of("{\"lines\": -1}", "{\"substrings\": 1}", "{\"substrings\": 70000}")) {
      assertThrows(ConfigException.class, () -> rules(wrong), wrong);
    }
    rules("{}").repeats().refuseParts();
    String message =
        String.valueOf(
            assertThrows(
                    ConfigException.class,
                    () -> rules("{\"paragraphs\": 3}").repeats().refuseParts())
                .getMessage());
    assertTrue(message.contains("prepare.repeats.paragraphs = 3"), message);
  }
}
