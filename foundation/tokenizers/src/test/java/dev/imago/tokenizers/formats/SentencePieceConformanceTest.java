package dev.imago.tokenizers.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.models.TokenizerPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Ids and texts of `.model` files against SentencePiece itself.
@Tag("conformance")
class SentencePieceConformanceTest {
  private static final int STRINGS =
      Integer.parseInt(System.getenv().getOrDefault("IMAGO_ZOO_STRINGS", "20000"));

  @TempDir private Path folder;

  @BeforeEach
  void needPeer() {
    TokenizerPeers.needed();
  }

  private static final String[] PIECES = {
    " ",
    "  ",
    "\n",
    "\t",
    "▁",
    "▁▁",
    "a",
    "the",
    "The ",
    "said",
    "'s",
    ".",
    ",",
    "e\u0301",
    "é",
    "ﬁ",
    "Ａ",
    "１",
    "漢",
    "字",
    "こん",
    "ｶﾞ",
    "가",
    "\u1100\u1161",
    "😀",
    "👩\u200d🔬",
    "\u200b",
    "\u00a0",
    "\u3000",
    "\u00ad",
    "\ufeff",
    "\u0000",
    "\u007f",
    "<s>",
    "</s>",
    "<unk>",
    "<0x41>",
    "<sep>",
    "<cls>",
    "xy",
    "x",
    "ⅷ",
    "½",
    "ß",
    "İ",
    "\ufffd",
    "½"
  };

  private static List<String> texts(int count) {
    var random = new Random(41);
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      boolean any = random.nextInt(5) == 0;
      for (int k = random.nextInt(i == 0 ? 2000 : 20); k >= 0; k--) {
        int c = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
        if (!any) {
          text.append(PIECES[random.nextInt(PIECES.length)]);
        } else if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
          text.appendCodePoint(c);
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static List<List<Integer>> randomIds() {
    var random = new Random(42);
    return Stream.generate(
            () ->
                random
                    .ints(random.nextInt(12), 0, random.nextBoolean() ? 280 : 1_000_000)
                    .boxed()
                    .toList())
        .limit(5_000)
        .toList();
  }

  private static List<Integer> ids(VocabularyParts parts, AlignedText text) {
    var ids = new ArrayList<Integer>();
    parts
        .preTokenizer()
        .split(
            parts.normalizer().apply(text),
            piece -> parts.model().tokenize(piece.text(), (id, _, _, _) -> ids.add(id)));
    return ids;
  }

  private static void compare(Path file, JsonNode theirs, List<String> texts) throws IOException {
    VocabularyParts parts = SentencePieceFile.read(file.toString(), Files.readAllBytes(file));
    for (int i = 0; i < texts.size(); i++) {
      List<Integer> ids = ids(parts, AlignedText.ofUntracked(texts.get(i)));
      assertEquals(list(theirs.get("ids").get(i)), ids, file + " «" + texts.get(i) + "»");
      assertEquals(ids, ids(parts, AlignedText.of(texts.get(i))));
      assertEquals(theirs.get("decoded").get(i).asString(), PartsIds.text(parts, ids));
    }
    List<List<Integer>> random = randomIds();
    int size = theirs.get("pieces").asInt();
    assertEquals(size, parts.model().bound());
    for (int i = 0; i < random.size(); i++) {
      List<Integer> ids = random.get(i).stream().map(id -> id % size).toList();
      assertEquals(
          theirs.get("random").get(i).asString(), PartsIds.text(parts, ids), ids.toString());
    }
  }

  private static List<Integer> list(JsonNode ids) {
    return ids.valueStream().map(JsonNode::asInt).toList();
  }

  @Test
  void aModelOfOthersGivesTheSameIdsAndTexts() throws IOException {
    Path model = TokenizerPeers.shared("sentencepiece/test_model.model");
    var texts =
        new ArrayList<>(Files.readAllLines(TokenizerPeers.shared("sentencepiece/botchan.txt")));
    texts.add(Files.readString(TokenizerPeers.shared("sentencepiece/botchan.txt")));
    texts.addAll(texts(STRINGS));
    JsonNode answer =
        TokenizerPeers.ask(
            folder,
            "sentencepiece",
            Map.of("model", model.toString(), "texts", texts, "ids", randomIds()));
    compare(model, answer.get(0), texts);
  }

  @Test
  void modelsOfEveryKindAndOptionGiveTheSameIdsAndTexts() throws IOException {
    var corpus = new ArrayList<String>();
    for (String line : Files.readAllLines(TokenizerPeers.shared("sentencepiece/botchan.txt"))) {
      corpus.add(line);
    }
    corpus.addAll(
        Arrays.asList(
            Files.readString(TokenizerPeers.shared("xquad/xquad.zh.json")).split("(?<=。)")));
    List<Map<String, Object>> settings = new ArrayList<>();
    for (String type : List.of("bpe", "unigram")) {
      settings.add(Map.of("model_type", type, "vocab_size", 1500));
      settings.add(
          Map.of(
              "model_type",
              type,
              "vocab_size",
              1800,
              "byte_fallback",
              true,
              "normalization_rule_name",
              "identity",
              "remove_extra_whitespaces",
              false,
              "character_coverage",
              0.99));
      settings.add(
          Map.of(
              "model_type",
              type,
              "vocab_size",
              1500,
              "add_dummy_prefix",
              false,
              "user_defined_symbols",
              List.of("<sep>", "xy", "▁said", "x", "漢"),
              "control_symbols",
              List.of("<cls>"),
              "character_coverage",
              0.98));
      settings.add(
          Map.of(
              "model_type",
              type,
              "vocab_size",
              1500,
              "treat_whitespace_as_suffix",
              true,
              "normalization_rule_name",
              "nfkc_cf",
              "pad_id",
              3,
              "split_by_whitespace",
              false));
      settings.add(
          Map.of(
              "model_type",
              type,
              "vocab_size",
              1500,
              "allow_whitespace_only_pieces",
              true,
              "remove_extra_whitespaces",
              false,
              "split_digits",
              true,
              "unk_surface",
              "?",
              "normalization_rule_name",
              "nmt_nfkc_cf"));
    }
    settings.add(
        Map.of("model_type", "char", "vocab_size", 500, "user_defined_symbols", List.of("<sep>")));
    settings.add(Map.of("model_type", "word", "vocab_size", 1500));
    List<String> texts = texts(STRINGS);
    texts.addAll(corpus.subList(0, 3000));
    JsonNode answers =
        TokenizerPeers.ask(
            folder,
            "sentencepiece",
            Map.of(
                "settings",
                settings,
                "corpus",
                corpus,
                "folder",
                folder.toString(),
                "texts",
                texts,
                "ids",
                randomIds()));
    for (int i = 0; i < settings.size(); i++) {
      compare(folder.resolve(i + ".model"), answers.get(i), texts);
    }
  }
}
