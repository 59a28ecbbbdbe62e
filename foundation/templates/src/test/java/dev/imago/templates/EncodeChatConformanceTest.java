package dev.imago.templates;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.fixtures.RandomText;
import dev.imago.fixtures.SampleTexts;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Ids of conversations against transformers': see `conformance/README.md`.
@Tag("conformance")
class EncodeChatConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));

  @TempDir private Path folder;

  private static int[] ids(JsonNode list) {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }

  @Test
  void transformersEncodesConversationsToTheSameIds() throws Exception {
    String peers = System.getenv("IMAGO_PEERS");
    assumeTrue(peers != null, "IMAGO_PEERS does not name a Python with the peers");
    Tokenizer ours =
        BpeTrainer.train(
            BpeTrainer.Settings.of(4096), SampleTexts.list().iterator(), TrainingProgress.NONE);
    Files.write(folder.resolve("tokenizer.json"), ours.toJson());
    Path config =
        Files.write(
            folder.resolve("tokenizer_config.json"),
            ours.toConfigJson(ChatTemplate.CHATML, "<|endoftext|>", 2048));
    var chats = new ArrayList<List<ChatMessage>>();
    var random = new RandomText(14);
    for (int i = 0; i < 500; i++) {
      String plain = random.next().replace("<|", "<").replace("|>", ">");
      chats.add(
          List.of(
              new ChatMessage("system", "Be brief."),
              new ChatMessage("user", plain),
              new ChatMessage("assistant", "Yes.\n"),
              new ChatMessage("user", " 为什么? " + plain)));
    }
    Path texts = Files.write(folder.resolve("chats.json"), JSON.writeValueAsBytes(chats));
    Process peer =
        new ProcessBuilder(
                String.valueOf(peers),
                ROOT.resolve("conformance/tokenizers.py").toString(),
                "chat",
                folder.toString(),
                texts.toString(),
                folder.resolve("ids.json").toString())
            .inheritIO()
            .start();
    assertEquals(0, peer.waitFor());
    JsonNode answers = JSON.readTree(Files.readAllBytes(folder.resolve("ids.json")));
    ChatTemplate template = ChatTemplate.load(config);
    for (int i = 0; i < chats.size(); i++) {
      assertArrayEquals(ids(answers.get(i)), template.encodeChat(ours, chats.get(i), true));
    }
  }
}
