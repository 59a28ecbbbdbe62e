package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.decoders.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecodersTest {
  private static final Decoder LLAMA2 = Decoder.read(RandomParts.part(RandomParts.usualDecoder()));
  private static final Decoder BYTE_LEVEL =
      Decoder.read(RandomParts.part(Map.of("type", "ByteLevel")));

  /// What comes out with each token, and at the end.
  private static List<String> stream(Decoder decoder, List<String> tokens) {
    var steps = new ArrayList<String>();
    var text = new StringBuilder();
    Decoder.Pipe pipe = decoder.open(text::append);
    for (String token : tokens) {
      pipe.text(token);
      pipe.endToken();
      steps.add(text.toString());
      text.setLength(0);
    }
    pipe.end();
    steps.add(text.toString());
    return steps;
  }

  @Test
  void aTokenComesOutAtOnce() {
    assertEquals(
        List.of("He", "llo", " ", "you", ""), stream(LLAMA2, List.of("▁He", "llo", "▁", "you")));
    assertEquals(List.of("", "x", ""), stream(LLAMA2, List.of("▁", "x")));
    assertEquals(
        List.of("He", "llo", " you", ""), stream(BYTE_LEVEL, List.of("He", "llo", "Ġyou")));
  }

  @Test
  void bytesComeOutWithTheCharacterThatTheyMake() {
    assertEquals(List.of("", "", "漢", "a", ""), stream(BYTE_LEVEL, List.of("æ", "¼", "¢", "a")));
    // What is no UTF-8 is certain when the next byte comes.
    assertEquals(List.of("", "\ufffda", ""), stream(BYTE_LEVEL, List.of("æ", "a")));
    assertEquals(List.of("", "\ufffd"), stream(BYTE_LEVEL, List.of("æ")));
    assertEquals(List.of("\ufffd", ""), stream(BYTE_LEVEL, List.of("ÿ")));
  }

  @Test
  void aRunOfByteTokensWaitsForItsEndOrItsBreak() {
    assertEquals(
        List.of("", "", "", "漢a", ""), stream(LLAMA2, List.of("<0xE6>", "<0xBC>", "<0xA2>", "a")));
    assertEquals(
        List.of("", "\ufffd\ufffd", "\ufffd", "b", ""),
        stream(LLAMA2, List.of("<0x41>", "<0xFF>", "<0x41>", "b")));
    assertEquals(List.of("", "A"), stream(LLAMA2, List.of("<0x41>")));
  }

  @Test
  void surrogatesInUtf8AreThreeErrors() {
    assertEquals("\ufffd\ufffd\ufffd", BYTE_LEVEL.decode(List.of("íłĢ")));
    assertEquals("\ufffd", BYTE_LEVEL.decode(List.of("ðŁĺ")));
  }

  @Test
  void fragmentsOfAnySizeMakeTheSameText() {
    var parts = new RandomParts(71);
    for (int i = 0; i < 4_000; i++) {
      Object json = parts.decoder();
      Decoder decoder = json == null ? Decoder.JOIN : Decoder.read(RandomParts.part(json));
      List<String> tokens = parts.text(9);
      var text = new StringBuilder();
      Decoder.Pipe pipe =
          decoder.open(
              fragment -> {
                assertFalse(fragment.isEmpty());
                assertFalse(
                    Character.isHighSurrogate(fragment.charAt(fragment.length() - 1)), fragment);
                text.append(fragment);
              });
      for (String token : tokens) {
        for (int at = 0; at < token.length(); ) {
          int to = token.offsetByCodePoints(at, 1);
          while (to < token.length() && parts.random.nextBoolean()) {
            to = token.offsetByCodePoints(to, 1);
          }
          pipe.text(token.substring(at, to));
          if (parts.random.nextInt(4) == 0) {
            pipe.text("");
          }
          at = to;
        }
        pipe.endToken();
      }
      pipe.end();
      assertEquals(decoder.decode(tokens), text.toString(), () -> json + " " + tokens);
    }
  }

  @Test
  void whatHasComeOutNeverChanges() {
    var parts = new RandomParts(72);
    for (int i = 0; i < 2_000; i++) {
      Object json = parts.decoder();
      Decoder decoder = json == null ? Decoder.JOIN : Decoder.read(RandomParts.part(json));
      List<String> tokens = new ArrayList<>(parts.text(6));
      List<String> steps = stream(decoder, tokens);
      String certain = String.join("", steps.subList(0, tokens.size()));
      tokens.addAll(parts.text(4));
      String whole = decoder.decode(tokens);
      assertTrue(whole.startsWith(certain), () -> json + " " + tokens + " " + certain);
    }
  }

  @Test
  void noTokenIsNoText() {
    assertEquals("", LLAMA2.decode(List.of()));
    assertEquals("", BYTE_LEVEL.decode(List.of()));
    assertEquals("", Decoder.JOIN.decode(List.of()));
  }
}
