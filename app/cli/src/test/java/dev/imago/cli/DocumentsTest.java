package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A folder of a user's own texts, from files to a tuned model, as small as it goes.
class DocumentsTest {
  private static final List<String> WORDS =
      List.of("people", "often", "walk", "near", "old", "houses", "while", "rain", "falls");

  @TempDir Path folder;

  private Path texts() throws Exception {
    var random = new Random(5);
    Path texts = Files.createDirectory(folder.resolve("texts"));
    for (int d = 0; d < 120; d++) {
      var text = new StringBuilder();
      for (int s = 0; s < 12; s++) {
        // Each word tells most of the next one, so that there is something to know of the text.
        int word = random.nextInt(WORDS.size());
        text.append(s % 4 == 0 ? "\n\nWith all of the" : " So");
        for (int w = 0; w < 7; w++) {
          text.append(' ').append(WORDS.get(word));
          word = (word + 1 + random.nextInt(2)) % WORDS.size();
        }
        text.append(' ').append(d).append('.');
      }
      Files.writeString(texts.resolve(d + ".txt"), text.toString().strip());
    }
    return texts;
  }

  private Map<String, Double> run(Path texts, String... settings) throws Exception {
    Path workspace = folder.resolve("workspace");
    var words =
        Stream.concat(
            Stream.of(
                "run",
                "--quiet",
                "--input",
                texts.toString(),
                "--workspace",
                workspace.toString(),
                "vocabulary.vocabularySize=300",
                "prepare.nearDuplicateSimilarity=1",
                "pretrain.depth=1",
                "pretrain.context=64",
                "pretrain.tokens=60000",
                "tune.batch=8",
                "tune.learningRate=0.01",
                "evaluate.resamples=100",
                "evaluate.pairs=2",
                "evaluate.samples=2"),
            Arrays.stream(settings));
    assertEquals(0, Imago.execute(words.toArray(String[]::new)));
    Path scores;
    try (Stream<Path> files = Files.walk(workspace.resolve("artifacts/scores"))) {
      scores =
          files
              .filter(f -> f.endsWith("scores.json"))
              .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
              .orElseThrow();
    }
    JsonNode json = JsonMapper.shared().readTree(Files.readString(scores));
    var values = new HashMap<String, Double>();
    json.get("scores")
        .forEach(s -> values.put(s.get("name").asString(), s.get("value").asDouble()));
    return values;
  }

  @Test
  void aTunedModelStillKnowsTheTextThatItReadsOnIn() throws Exception {
    Path texts = texts();
    Map<String, Double> reading = run(texts);
    Map<String, Double> without = run(texts, "tune.replay=0");
    double base = reading.getOrDefault("bits-per-byte.base", Double.NaN);
    assertEquals(base, without.getOrDefault("bits-per-byte.base", Double.NaN), "one base");
    double kept = reading.getOrDefault("bits-per-byte.tuned", Double.NaN);
    double forgot = without.getOrDefault("bits-per-byte.tuned", Double.NaN);
    assertTrue(kept < forgot, () -> "with " + kept + ", without " + forgot + ", base " + base);
  }
}
