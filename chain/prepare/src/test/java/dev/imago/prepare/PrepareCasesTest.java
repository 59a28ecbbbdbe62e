package dev.imago.prepare;

import static dev.imago.prepare.Preparing.document;
import static dev.imago.prepare.Preparing.read;
import static dev.imago.prepare.Preparing.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Document;
import dev.imago.fixtures.FakeRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Real texts, and inputs that failed elsewhere, with what is right: see the README beside them.
class PrepareCasesTest {
  private Preparing preparing;

  @BeforeEach
  void aFolderOfItsOwn(@TempDir Path temporary) {
    preparing = new Preparing(temporary);
  }

  @ParameterizedTest
  @ValueSource(strings = {"near_duplicate_chain", "short_texts", "languages"})
  void casesOfDocumentsStay(String name) throws Exception {
    Path file = shared().resolveSibling("cases").resolve(name + ".jsonl");
    Assumptions.assumeTrue(Files.exists(file), "no cases: " + file);
    var documents = new ArrayList<Document>();
    for (String line : Files.readAllLines(file)) {
      var node = JsonMapper.shared().readTree(line);
      documents.add(
          document(node.path("id").stringValue(), "prose", node.path("text").stringValue()));
    }
    Prepare.Outputs out = preparing.prepare(documents, rules(0.1, 0), preparing.run(1));
    for (Document reject : read(out.rejects(), "rejects")) {
      String rule = reject.tags().get("rule");
      switch (name) {
        case "near_duplicate_chain" ->
            assertTrue(
                rule.equals("near-duplicate")
                    && Double.parseDouble(reject.tags().get("measured")) >= 0.75,
                reject.tags().toString());
        // `cat` stands there twice.
        case "short_texts" -> assertEquals("c exact-duplicate", reject.id() + " " + rule);
        default -> assertEquals("", reject.id() + " " + rule);
      }
    }
  }

  @Test
  void realWebTextInEnglishPassesForTheMostPart() throws Exception {
    Path folder = shared().resolve("cc_en_head");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no shared data: " + folder);
    var documents = new ArrayList<Document>();
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          String text = JsonMapper.shared().readTree(line).path("text").stringValue();
          documents.add(document("cc-" + documents.size(), "prose", text));
        }
      }
    }
    FakeRun run = preparing.run(2);
    Prepare.Outputs out = preparing.prepare(documents, rules(0.1, 0), run);
    int rejected = read(out.rejects(), "rejects").size();
    int kept = documents.size() - rejected;
    // CCNet's best third has passed a filter of its own already.
    assertTrue(
        kept > 0.5 * documents.size(), kept + " of " + documents.size() + " " + run.tables());
    List<Document> train = read(out.corpus(), "train");
    long english = train.stream().filter(d -> "en".equals(d.tags().get("language"))).count();
    assertTrue(english >= 0.98 * train.size(), english + " of " + train.size());
  }

  @Test
  void chineseAndItsTranslationFareAlike() throws Exception {
    int english = keptOfXquad("en");
    int chinese = keptOfXquad("zh");
    // The same 240 paragraphs in both languages: the rules must not favour one.
    assertTrue(english > 200 && chinese > 200, english + " and " + chinese);
    assertEquals(english, chinese, 5);
  }

  private int keptOfXquad(String language) throws Exception {
    Path file = shared().resolve("xquad/xquad." + language + ".json");
    Assumptions.assumeTrue(Files.exists(file), "no shared data: " + file);
    var documents = new ArrayList<Document>();
    for (var article : JsonMapper.shared().readTree(Files.readString(file)).path("data")) {
      for (var paragraph : article.path("paragraphs")) {
        String text = paragraph.path("context").stringValue();
        documents.add(document(language + documents.size(), "prose", text));
      }
    }
    Prepare.Outputs out = preparing.prepare(documents, rules(0.1, 0), preparing.run(2));
    List<Document> kept = new ArrayList<>(read(out.corpus(), "train"));
    kept.addAll(read(out.corpus(), "heldout"));
    assertTrue(kept.stream().allMatch(d -> language.equals(d.tags().get("language"))));
    return kept.size();
  }

  private static Path shared() {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "."));
    return (named == null ? root.resolve("../shared") : Path.of(named)).resolve("data");
  }
}
