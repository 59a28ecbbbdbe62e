package dev.imago.tokenizers.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.tokenizers.json.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Random models of every kind against Hugging Face's library of today, 100,000 strings a kind.
@Tag("conformance")
class ModelsConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MODELS = 250;
  private static final int TEXTS = 400;

  @TempDir private Path folder;

  @BeforeEach
  void needPeer() {
    TokenizerPeers.needed();
  }

  /// A case for the peer.
  record Case(Map<String, Object> file, List<String> texts) {}

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void idsTokensAndOffsetsAreTheSame(int kind) throws IOException {
    var random = new RandomModels(30 + kind);
    var cases = new ArrayList<Case>();
    for (int i = 0; i < MODELS; i++) {
      Map<String, Object> file = RandomModels.file(random.next(kind));
      var texts = new ArrayList<String>();
      for (int k = 0; k < TEXTS; k++) {
        texts.add(random.text(k == 0 ? 400 : 16));
      }
      cases.add(new Case(file, texts));
    }
    JsonNode answers = TokenizerPeers.ask(folder, "models", cases);
    for (int i = 0; i < MODELS; i++) {
      Case asked = cases.get(i);
      JsonNode model = JSON.valueToTree(asked.file()).get("model");
      TokenModel ours = TokenModel.read(new Part("tokenizer.json", "model", model));
      for (int k = 0; k < TEXTS; k++) {
        String text = asked.texts().get(k);
        assertEquals(
            answers.get(i).get(k), told(Tokenized.of(ours, text)), () -> model + "\n" + text);
      }
    }
  }

  private static JsonNode told(Tokenized tokens) {
    return JSON.readTree(
        JSON.writeValueAsString(List.of(tokens.ids(), tokens.tokens(), tokens.offsets())));
  }
}
