package dev.imago.tokenizers.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.imago.tokenizers.json.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Random models of every kind against the Rust library that comes with the build.
class RustModelsTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private static Path folder;

  private static HuggingFaceTokenizer theirs(Path file) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    try {
      return HuggingFaceTokenizer.newInstance(
          file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    } catch (LinkageError | IOException e) {
      return abort("the Rust tokenizers do not load on this machine: " + e);
    }
  }

  private static Tokenized told(Encoding encoding) {
    var offsets = new ArrayList<List<Integer>>();
    for (CharSpan span : encoding.getCharTokenSpans()) {
      offsets.add(List.of(span.getStart(), span.getEnd()));
    }
    return new Tokenized(
        Arrays.stream(encoding.getIds()).mapToObj(Math::toIntExact).toList(),
        List.of(encoding.getTokens()),
        offsets);
  }

  @Test
  void idsTokensAndOffsetsOfRandomModelsAreTheSame() throws IOException {
    var random = new RandomModels(21);
    for (int i = 0; i < 120; i++) {
      Map<String, Object> model = random.next(i);
      Path file = folder.resolve("tokenizer.json");
      Files.write(file, JSON.writeValueAsBytes(RandomModels.file(model)));
      TokenModel ours =
          TokenModel.read(new Part("tokenizer.json", "model", JSON.valueToTree(model)));
      try (HuggingFaceTokenizer theirs = theirs(file)) {
        for (int k = 0; k < 60; k++) {
          String text = random.text(k == 0 ? 300 : 14);
          assertEquals(
              told(theirs.encode(text)),
              Tokenized.of(ours, text),
              () -> JSON.writeValueAsString(model) + "\n" + text);
        }
      }
    }
  }
}
