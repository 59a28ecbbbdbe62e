package dev.imago.tokenizers.pretokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Our pieces and where they come from against Hugging Face's: see `conformance/README.md`.
@Tag("conformance")
class PreTokenizerConformanceTest {
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final int RANDOM_TEXTS = Integer.getInteger("imago.random.texts", 10_000);

  @TempDir private Path folder;

  @BeforeEach
  void needPeers() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  private JsonNode ask(List<Map<String, Object>> cases) throws IOException {
    Path in =
        Files.write(folder.resolve("cases.json"), PreTokenizers.JSON.writeValueAsBytes(cases));
    Path out = folder.resolve("answers.json");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                String.valueOf(System.getenv("IMAGO_PEERS")),
                ROOT.resolve("conformance/pretokenizers.py").toString(),
                in.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertEquals(0, process.waitFor(), "the peer's script failed: see " + log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return PreTokenizers.JSON.readTree(Files.readAllBytes(out));
  }

  private void compareAll(List<String> texts) throws IOException {
    for (JsonNode json : PreTokenizers.all()) {
      JsonNode answer = ask(List.of(Map.of("pre_tokenizer", json, "texts", texts))).get(0);
      PreTokenizer ours = PreTokenizers.of(json);
      assertEquals(answer.get("written"), PreTokenizers.JSON.readTree(PreTokenizers.written(ours)));
      for (int i = 0; i < texts.size(); i++) {
        JsonNode theirs = answer.get("pieces").get(i);
        if (!theirs.isNull()) {
          String text = texts.get(i);
          assertEquals(
              theirs.asString(), PreTokenizers.pieces(ours, text), () -> json + " on " + text);
        }
      }
    }
  }

  @Test
  void randomTextsFallIntoTheSamePieces() throws IOException {
    compareAll(HardText.random(21, RANDOM_TEXTS));
  }

  @Test
  void everyCodePointIsCutTheSame() throws IOException {
    compareAll(HardText.codePoints(1));
  }

  @Test
  void randomPatternsMatchTheSame() throws IOException {
    var patterns = new RandomPattern(22);
    var cases = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < RANDOM_TEXTS; i++) {
      String pattern = patterns.next();
      var texts = List.of(patterns.text(), patterns.text(), patterns.text());
      for (String behavior : List.of("Isolated", "Removed")) {
        cases.add(
            Map.of(
                "pre_tokenizer",
                PreTokenizers.split("Regex", pattern, behavior, false),
                "texts",
                texts));
      }
    }
    JsonNode answers = ask(cases);
    int compared = 0;
    for (int i = 0; i < cases.size(); i++) {
      JsonNode answer = answers.get(i);
      if (answer.has("refused")) {
        continue;
      }
      var json = (JsonNode) cases.get(i).get("pre_tokenizer");
      PreTokenizer ours = PreTokenizers.of(json);
      @SuppressWarnings("unchecked")
      var texts = (List<String>) cases.get(i).get("texts");
      for (int t = 0; t < texts.size(); t++) {
        JsonNode theirs = answer.get("pieces").get(t);
        if (!theirs.isNull()) {
          String text = texts.get(t);
          assertEquals(
              theirs.asString(), PreTokenizers.pieces(ours, text), () -> json + " on " + text);
          compared++;
        }
      }
    }
    assertTrue(compared > 4 * RANDOM_TEXTS, compared + " were compared");
  }
}
