package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The chain's own tokenizer, on documents that its training never saw, against Hugging Face
/// tokenizers (`IMAGO_PEERS`: a Python that has them). The JDK's sources, a tenth held out.
@Tag("conformance")
class HeldoutIdsConformanceTest {
  private static final int DOCUMENTS = 1000;
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path folder;

  @Test
  void aThousandHeldOutDocumentsHaveTheIdsOfHuggingFace() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(python != null, "skipped: IMAGO_PEERS names no Python with tokenizers");
    Path sources = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    Assumptions.assumeTrue(Files.exists(sources), "skipped: this JDK has no src.zip");
    Path recipe = folder.resolve("heldout.yaml");
    Files.writeString(
        recipe,
        """
        stages:
          collect: {sources: ["${jdk}/lib/src.zip"]}
          prepare: {heldoutFraction: 0.1}
          vocabulary: {vocabularySize: 4096}
        """);
    Path workspace = folder.resolve("workspace");
    Tiny.Result run = Tiny.run(workspace, "run", recipe.toString());
    assertEquals(0, run.exit(), run.output());

    List<String> texts;
    try (var heldout = Documents.read(output(workspace, "prepare", "corpus"), "heldout")) {
      texts = heldout.limit(DOCUMENTS).map(Document::text).toList();
    }
    assertEquals(DOCUMENTS, texts.size());
    Path ours = output(workspace, "vocabulary", "vocabulary").resolve("tokenizer.json");
    Path asked = Files.write(folder.resolve("texts.json"), JSON.writeValueAsBytes(texts));
    Path answer = folder.resolve("ids.json");
    Process peer =
        new ProcessBuilder(
                python,
                Path.of(System.getProperty("imago.root"), "conformance", "tokenizers.py")
                    .toString(),
                "ids",
                ours.toString(),
                asked.toString(),
                answer.toString())
            .inheritIO()
            .start();
    assertEquals(0, peer.waitFor());
    JsonNode theirs = JSON.readTree(answer.toFile()).get("ordinary");
    Tokenizer tokenizer = Tokenizer.load(ours);
    long tokens = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      int[] ids = tokenizer.encodeOrdinary(texts.get(i));
      assertArrayEquals(JSON.treeToValue(theirs.get(i), int[].class), ids, "document " + i);
      tokens += ids.length;
    }
    assertTrue(tokens > DOCUMENTS, "the documents are empty");
    System.out.printf("%,d held-out documents, %,d tokens: the same ids%n", DOCUMENTS, tokens);
  }

  private static Path output(Path workspace, String step, String name) {
    var kept = new dev.imago.core.Workspace(workspace);
    return kept.runRecords().stream()
        .filter(r -> r.step().equals(step))
        .map(r -> kept.find(String.valueOf(r.outputs().get(name))).folder())
        .findFirst()
        .orElseThrow();
  }
}
