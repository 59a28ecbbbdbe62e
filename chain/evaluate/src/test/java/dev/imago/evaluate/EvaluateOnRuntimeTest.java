package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Ref;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole stage on files, with models on the runtime that serves them.
class EvaluateOnRuntimeTest {
  @TempDir Path folder;

  @Test
  void filesGoInAndScoresOfTheRuntimesModelsComeOut() throws Exception {
    var tokenizer = ByteModel.tokenizer();
    var header = new TokenShards.Header(ByteModel.V, 0);
    TokenShards.writeHeader(folder, header);
    for (Split split : Split.values()) {
      var pairs = new ArrayList<Example>();
      try (var writer = new TokenShards.Writer(folder, split, header)) {
        for (int d = 0; d < 12; d++) {
          String text = "Document %d of %s, naïve 文本.\n".formatted(d, split).repeat(1 + d % 3);
          int bytes = text.getBytes(StandardCharsets.UTF_8).length;
          writer.write(tokenizer.encodeOrdinary(text), bytes);
          pairs.add(new Example("p" + d, "int size" + d + "()", "Returns size " + d + ".", "d"));
        }
      }
      Examples.write(folder, split, pairs);
    }
    Path uniform = ByteModel.write(folder.resolve("base"), 0);
    Path random = ByteModel.write(folder.resolve("tuned"), 0.3f);
    var run = new FakeRun(folder.resolve("run"), 2);
    new Evaluate()
        .run(
            new Evaluate.Inputs(
                Optional.of(new Weights(ref("weights"), uniform)),
                List.of(),
                List.of(new Weights(ref("weights"), random)),
                Optional.of(new Vocabulary(ref("vocabulary"), folder)),
                Optional.of(new Tokens(ref("tokens"), folder)),
                List.of(new Labels(ref("labels"), folder)),
                List.of()),
            new Evaluate.Config(1 << 20, 64, 10, 8, 200, 0.95, 10, 3),
            run);
    JsonNode scores =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("run/scores/scores.json")));
    JsonNode base = scores.get("scores").get(0);
    assertEquals("bits-per-byte.base", base.get("name").asString());
    try (TokenShards heldout = TokenShards.open(folder, Split.HELDOUT)) {
      double bits = Math.log(ByteModel.V) / Math.log(2) * heldout.size();
      assertEquals(bits / heldout.bytes(), base.get("value").asDouble(), 1e-5);
    }
    JsonNode tuned = scores.get("scores").get(1);
    assertTrue(tuned.get("value").asDouble() > base.get("value").asDouble());
    // The untuned model's likeliest token is the first of equals, end-of-text: an empty answer.
    for (String line : Files.readAllLines(folder.resolve("run/scores/samples.jsonl"))) {
      JsonNode sample = JsonMapper.shared().readTree(line);
      assertEquals("", sample.get("untuned").asString());
      assertEquals(sample.get("reference").asString(), sample.get("retrieval").asString());
    }
  }

  private static Ref ref(String kind) {
    return new Ref(kind, "0".repeat(64));
  }
}
