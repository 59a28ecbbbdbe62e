package dev.imago.tokenizers.pretokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.imago.tokenizers.aligned.AlignedText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The oracle that comes with the build: with a model that makes one token of each piece, the Rust
/// tokenizers tell where the pieces come from.
class RustPreTokenizersTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void load() throws IOException {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    try {
      tokenizer(PreTokenizers.JSON.readTree("{\"type\":\"Whitespace\"}")).close();
    } catch (LinkageError | RuntimeException e) {
      abort("the Rust tokenizers do not load on this machine: " + e);
    }
  }

  private static HuggingFaceTokenizer tokenizer(JsonNode preTokenizer) throws IOException {
    Map<String, Object> whole =
        Map.of(
            "version",
            "1.0",
            "added_tokens",
            List.of(),
            "pre_tokenizer",
            preTokenizer,
            "model",
            Map.of("type", "WordLevel", "vocab", Map.of("?", 0), "unk_token", "?"));
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(PreTokenizers.JSON.writeValueAsBytes(whole)),
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
  }

  private static List<String> theirs(HuggingFaceTokenizer tokenizer, String text) {
    Encoding encoding = tokenizer.encode(text);
    var places = new ArrayList<String>();
    for (CharSpan span : encoding.getCharTokenSpans()) {
      places.add(span == null ? "none" : span.getStart() + "-" + span.getEnd());
    }
    return places;
  }

  private static List<String> ours(PreTokenizer preTokenizer, String text) {
    var places = new ArrayList<String>();
    preTokenizer.split(
        AlignedText.of(text),
        piece ->
            places.add(
                text.codePointCount(0, piece.originStart(0))
                    + "-"
                    + text.codePointCount(0, piece.originEnd(piece.length() - 1))));
    return places;
  }

  private static void compare(List<String> texts) throws IOException {
    int known = 0;
    for (JsonNode json : PreTokenizers.all()) {
      PreTokenizer ours = PreTokenizers.of(json);
      try (HuggingFaceTokenizer theirs = tokenizer(json)) {
        known++;
        for (String text : texts) {
          if (!text.isEmpty()) {
            assertEquals(theirs(theirs, text), ours(ours, text), () -> json + " on " + text);
          }
        }
      } catch (RuntimeException e) {
        // An older library knows fewer kinds.
        assertTrue(String.valueOf(json).contains("FixedLength"), () -> json + ": " + e);
      }
    }
    assertTrue(known > 90, known + " settings were compared");
  }

  @Test
  void piecesOfRandomTextsComeFromTheSamePlaces() throws IOException {
    compare(HardText.random(41, 100));
  }

  @Test
  void piecesAroundCodePointsComeFromTheSamePlaces() throws IOException {
    compare(HardText.codePoints(2003));
  }
}
