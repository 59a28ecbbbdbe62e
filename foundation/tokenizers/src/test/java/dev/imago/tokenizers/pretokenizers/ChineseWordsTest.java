package dev.imago.tokenizers.pretokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class ChineseWordsTest {
  private static final PreTokenizer WORDS =
      PreTokenizer.read(
          new Part(
              "test",
              "pre_tokenizer",
              JsonNodeFactory.instance.objectNode().put("type", "ChineseWords")));

  private static List<String> cut(String text) {
    var pieces = new ArrayList<String>();
    WORDS.split(AlignedText.of(text), piece -> pieces.add(piece.text()));
    return pieces;
  }

  @Test
  void piecesEndAtTheBordersOfWordsBesideChinese() {
    assertEquals(
        List.of("中国", "人民", "很", "高兴", "。\n你好", "，Java 25！"), cut("中国人民很高兴。\n你好，Java 25！"));
    assertEquals(List.of("plain text, 25 words"), cut("plain text, 25 words"));
    assertEquals(List.of("中国 人民"), cut("中国 人民"));
    assertEquals(List.of(), cut(""));
  }

  @Test
  void piecesKnowWhereTheyStood() {
    var places = new ArrayList<Integer>();
    WORDS.split(
        AlignedText.of("a\n中国人民"),
        piece -> {
          places.add(piece.originStart(0));
          places.add(piece.originEnd(piece.length() - 1));
        });
    assertEquals(List.of(0, 4, 4, 6), places);
  }

  @Test
  void nothingIsLostAndNoPieceIsEmpty() {
    var random = new Random(1);
    int[] pieces = "中国人民北京大学的了在0９a é😀\u0301\u0000\n\r\t　，。“𠀀\ud840-".codePoints().toArray();
    for (int i = 0; i < 2_000; i++) {
      var text = new StringBuilder();
      for (int k = random.nextInt(30); k > 0; k--) {
        text.appendCodePoint(pieces[random.nextInt(pieces.length)]);
      }
      List<String> cut = cut(text.toString());
      assertEquals(text.toString(), String.join("", cut));
      assertFalse(cut.contains(""));
    }
  }

  /// The words of a line as from and to.
  private static Set<Long> spans(String line) {
    var spans = new HashSet<Long>();
    long at = 0;
    for (String word : line.trim().split("\\s+")) {
      spans.add(at << 32 | at + word.length());
      at += word.length();
    }
    return spans;
  }

  @Test
  void wordsAreThoseOfTheSighanTestSet() throws IOException {
    String named = System.getenv("IMAGO_SHARED");
    Path shared = Path.of(named == null ? "../../../shared" : named);
    Path gold = shared.resolve("data/sighan2005/pku_test_gold.utf8");
    assumeTrue(Files.exists(gold), "the shared data is not beside the repository");
    long wanted = 0;
    long found = 0;
    long both = 0;
    for (String line : Files.readAllLines(gold)) {
      Set<Long> theirs = spans(line);
      Set<Long> ours = spans(String.join(" ", cut(String.join("", line.trim().split("\\s+")))));
      wanted += theirs.size();
      found += ours.size();
      ours.retainAll(theirs);
      both += ours.size();
    }
    double f1 = 2.0 * both / (wanted + found);
    assertTrue(f1 > 0.89, "F1 " + f1);
  }
}
