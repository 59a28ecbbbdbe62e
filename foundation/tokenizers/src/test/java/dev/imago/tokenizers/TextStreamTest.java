package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextStreamTest {
  private static final int NORMAL = 1;
  private static final int USER_DEFINED = 4;
  private static final List<String> TEXTS =
      List.of("Hello world", "你好, Welt", "a👩‍👩‍👧b", "é\ufffdü", "end of 文", "👍");

  @TempDir private Path folder;

  /// A SentencePiece vocabulary of bytes and a few words, as GGUF has it. `</s>` is typed as the
  /// user's own, as in Phi-3.
  private static Tokenizer sentencePiece() {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<>(List.of(2, 3, USER_DEFINED));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
      types.add(6);
    }
    for (String piece :
        List.of("▁", "H", "e", "l", "o", "w", "r", "d", "a", "b", "▁Hello", "▁world")) {
      tokens.add(piece);
      types.add(NORMAL);
    }
    var scores = new ArrayList<Float>();
    tokens.forEach(t -> scores.add(t.length() > 1 ? 0f : -1f));
    return Tokenizer.fromGguf(
        new GgufTokens(
            "llama",
            "default",
            tokens,
            scores,
            types,
            List.of(),
            new byte[0],
            Map.of("bos", 1, "eos", 2, "unk", 0),
            Map.of()));
  }

  private Tokenizer asJson(Tokenizer tokenizer) throws IOException {
    return Tokenizer.load(Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson()));
  }

  private static String streamed(Tokenizer tokenizer, int[] ids) {
    TextStream stream = tokenizer.stream();
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.add(id));
    }
    return text.append(stream.cut()).toString();
  }

  /// The longest text whose bytes are no more than these.
  private static String within(String text, int bytes) {
    int end = text.length();
    while (text.substring(0, end).getBytes(StandardCharsets.UTF_8).length > bytes) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end);
  }

  @Test
  void aTextThatIsCutAnywhereEndsBeforeTheCharacterThatWasBegun() throws Exception {
    Tokenizer pieces = sentencePiece();
    for (Tokenizer tokenizer : List.of(SmallTokenizer.train(300), pieces, asJson(pieces))) {
      int cuts = 0;
      for (String text : TEXTS) {
        int[] ids = tokenizer.encodeOrdinary(text);
        int bytes = 0;
        for (int n = 0; n <= ids.length; n++) {
          String expected = within(text, bytes);
          assertEquals(expected, streamed(tokenizer, Arrays.copyOf(ids, n)), text + " cut at " + n);
          cuts += expected.getBytes(StandardCharsets.UTF_8).length < bytes ? 1 : 0;
          if (n < ids.length) {
            // The blank before the first piece is no part of the text.
            String token = tokenizer.token(ids[n]);
            bytes += tokenizer.bytes(ids[n]).length - (n == 0 && token.startsWith("▁") ? 1 : 0);
          }
        }
      }
      assertTrue(cuts > 10, cuts + " cuts were within a character");
    }
  }

  @Test
  void whatIsWrongInTheMidstStaysWhenATextIsCut() {
    Tokenizer tokenizer = sentencePiece();
    int first = 3;
    int[] ids = {first + 0xe4, first + 'x', first + 0xe4, first + 0xbd};
    assertEquals("\ufffdx", streamed(tokenizer, ids));
  }

  @Test
  void aStreamBeginsAnewAfterACut() {
    Tokenizer tokenizer = sentencePiece();
    int hello = tokenizer.id("▁Hello").orElseThrow();
    TextStream stream = tokenizer.stream();
    assertEquals("Hello", stream.add(hello) + stream.cut());
    assertEquals("Hello Hello", stream.add(hello) + stream.add(hello) + stream.cut());
  }

  @Test
  void whatATextBeginsWithIsWhatTheFileSays() throws Exception {
    assertArrayEquals(new int[] {1}, sentencePiece().beginning());
    assertArrayEquals(new int[] {1}, asJson(sentencePiece()).beginning());
    assertArrayEquals(new int[0], SmallTokenizer.train(300).beginning());
  }

  @Test
  void aTokenThatIsMadeAControlTokenComesFromNoText() {
    Tokenizer tokenizer = sentencePiece();
    List<Integer> as = Arrays.stream(tokenizer.encodeOrdinary("a</s>")).boxed().toList();
    assertTrue(as.contains(2), as.toString());
    Tokenizer guarded = tokenizer.withControl(Set.of(1, 2));
    assertTrue(guarded.special(2));
    int[] ids = guarded.encodeOrdinary("a</s>");
    assertFalse(Arrays.stream(ids).anyMatch(id -> id == 2), Arrays.toString(ids));
    assertEquals("a</s>", guarded.decode(ids));
    assertEquals(2, guarded.encode("a</s>")[guarded.encode("a</s>").length - 1]);
    assertArrayEquals(tokenizer.encode("Hello world"), guarded.encode("Hello world"));
    assertSame(guarded, guarded.withControl(Set.of(2)));
  }

  @Test
  void aTokenOfTheModelCanBeMadeAControlTokenToo() throws Exception {
    Tokenizer tokenizer = SmallTokenizer.train(300);
    int merged = tokenizer.vocabularySize() - 1;
    String text = tokenizer.decode(new int[] {merged});
    assertTrue(Arrays.stream(tokenizer.encodeOrdinary(text)).anyMatch(id -> id == merged), text);
    Tokenizer guarded = tokenizer.withControl(Set.of(merged));
    assertTrue(guarded.special(merged));
    assertEquals(tokenizer.vocabularySize(), guarded.vocabularySize());
    int[] ids = guarded.encodeOrdinary(text);
    assertFalse(Arrays.stream(ids).anyMatch(id -> id == merged), text);
    assertEquals(text, guarded.decode(ids));
  }
}
