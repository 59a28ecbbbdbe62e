package dev.imago.prepare;

import static dev.imago.prepare.Preparing.document;
import static dev.imago.prepare.Preparing.read;
import static dev.imago.prepare.Preparing.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.corpus.CorpusRules;
import dev.imago.data.Document;
import dev.imago.fixtures.FakeRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Settings, and the rule of length, which steps back where nobody set it.
class PrepareSettingsTest {
  private Preparing preparing;

  @BeforeEach
  void aFolderOfItsOwn(@TempDir Path temporary) {
    preparing = new Preparing(temporary);
  }

  @Test
  void impossibleSettingsAreRefused() {
    var d = CorpusRules.defaults();
    assertThrows(ConfigException.class, () -> rules(0, 0));
    assertThrows(ConfigException.class, () -> rules(0.6, 0));
    assertThrows(
        ConfigException.class,
        () ->
            new CorpusRules(
                0.1,
                0,
                List.of(),
                List.of("en"),
                List.of("zh"),
                d.prose(),
                d.forms(),
                d.code(),
                true,
                true,
                true,
                0.75,
                d.repeats(),
                d.decontaminate(),
                true,
                true,
                List.of(),
                "mask",
                0.01));
  }

  @Test
  void aRecipeReachesEveryRule() {
    var settings = JsonMapper.shared().createObjectNode();
    settings.put("heldoutFraction", 0.1);
    settings.putObject("prose").put("minWords", 20).putArray("maxTopNgrams").add(0.5).add(1);
    settings.putObject("code").put("minAlphanumeric", 0);
    CorpusRules config = Binder.bind("prepare", settings, CorpusRules.defaults());
    assertEquals(20, config.prose().minWords());
    assertEquals(100_000, config.prose().maxWords());
    assertEquals(List.of(0.5, 1.0), config.prose().maxTopNgrams());
    assertEquals(0, config.code().minAlphanumeric());
    settings.putObject("code").put("minAlphanumerics", 0);
    String message =
        String.valueOf(
            assertThrows(
                    ConfigException.class,
                    () -> Binder.bind("prepare", settings, CorpusRules.defaults()))
                .getMessage());
    assertTrue(message.contains("prepare.code.minAlphanumerics"), message);
  }

  @Test
  void aCorpusOfShortTextsIsKept() throws Exception {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 40; i++) {
      documents.add(document("line-" + i, "prose", "Headline number " + i + ": all is well"));
    }
    FakeRun run = preparing.run(1);
    Prepare.Outputs out = preparing.prepare(documents, rules(0.1, 0), run);
    assertEquals(List.of(), read(out.rejects(), "rejects"));
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("stay all the same")), "" + run.notes());
  }

  @Test
  void aBoundThatSomebodySetDoesNotStepBack() throws Exception {
    var config =
        Binder.bind(
            "prepare",
            (tools.jackson.databind.node.ObjectNode)
                JsonMapper.shared()
                    .readTree(
                        "{\"prose\": {\"minWords\": 4}, \"minKept\": 0, \"nearDuplicates\":"
                            + " false}"),
            CorpusRules.defaults());
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 10; i++) {
      documents.add(document("s" + i, "prose", "only " + i));
      documents.add(
          document(
              "l" + i, "prose", "a few more of the words to have than that: " + "x".repeat(i + 1)));
    }
    Prepare.Outputs out = preparing.prepare(documents, config, preparing.run(1));
    assertEquals(10, read(out.rejects(), "rejects").size());
  }
}
