package dev.imago.tokenizers.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.tokenizers.models.TokenizerPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Ids by a rank file, under each of the patterns, against tiktoken.
@Tag("conformance")
class RankFileConformanceTest {
  private static final String[] PIECES = {
    "'s",
    "'S",
    "'ſ",
    "'re",
    "'LL",
    "'",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "\u3000",
    "\u0085",
    "a",
    "B",
    "é",
    "e\u0301",
    "漢",
    "字",
    "1",
    "2345678",
    "Ⅷ",
    "½",
    "😀",
    "👨\u200d👩",
    "_",
    "//",
    "{",
    ";",
    "public",
    " static",
    "HTTPServer",
    "\ud7a3",
    "\0",
    "<|endoftext|>",
    "<|fim_prefix|>"
  };

  @TempDir private Path folder;

  @BeforeEach
  void needPeer() {
    TokenizerPeers.needed();
  }

  private static List<String> texts() throws IOException {
    var random = new Random(51);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 100_000; i++) {
      var text = new StringBuilder();
      boolean any = random.nextInt(4) == 0;
      for (int k = random.nextInt(16); k >= 0; k--) {
        int c = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
        if (!any) {
          text.append(PIECES[random.nextInt(PIECES.length)]);
        } else if (Character.isDefined(c) && !(c >= 0xd800 && c < 0xe000)) {
          text.appendCodePoint(c);
        }
      }
      texts.add(text.toString());
    }
    texts.add(Files.readString(TokenizerPeers.shared("wikitext2/test.txt")));
    texts.add(Files.readString(TokenizerPeers.shared("xquad/xquad.zh.json")));
    for (String run : List.of("a", " ", "\n", "1", "😀", "ab")) {
      texts.add(run.repeat(20_000));
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cl100k_base", "o200k_base", "p50k_base"})
  void idsAreTiktokens(String encoding) throws IOException {
    Path file = TokenizerPeers.shared("tiktoken/cl100k_base.tiktoken");
    VocabularyParts parts =
        TiktokenFile.read(
            file.toString(), Files.readAllBytes(file), TiktokenFile.Encoding.named(encoding));
    List<String> texts = texts();
    JsonNode answer =
        TokenizerPeers.ask(
            folder,
            "tiktoken",
            Map.of("ranks", file.toString(), "encoding", encoding, "texts", texts));
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      List<Integer> ids = PartsIds.ids(parts, text);
      assertEquals(
          answer.get(i).valueStream().map(JsonNode::asInt).toList(),
          ids,
          () -> text.length() > 200 ? text.substring(0, 200) : text);
      assertEquals(text, PartsIds.text(parts, ids));
    }
  }
}
