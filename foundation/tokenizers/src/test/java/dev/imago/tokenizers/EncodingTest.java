package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EncodingTest {
  private static final String TEXT = "é😀 x";

  /// `<s>`, the two characters of a word, `x`, padding.
  private static Encoding encoding() {
    Encoding text =
        Encoding.builder()
            .add(7, "é", 0, 1, 0, 1, false)
            .add(8, "😀", 1, 3, 0, 1, false)
            .add(9, "x", 4, 5, 1, 1, false)
            .build()
            .withSequence(0);
    return Encoding.builder()
        .add(1, "<s>", 0, 0, Encoding.NONE, 0, true)
        .addAll(text)
        .add(0, "<pad>", 0, 0, Encoding.NONE, 0, true, false)
        .build();
  }

  @Test
  void aTokenKnowsWhatItIs() {
    Encoding e = encoding();
    assertArrayEquals(new int[] {1, 7, 8, 9, 0}, e.ids());
    assertEquals(List.of("<s>", "é", "😀", "x", "<pad>"), e.tokens());
    assertArrayEquals(new int[] {0, 1, 1, 1, 0}, e.typeIds());
    assertArrayEquals(new int[] {1, 0, 0, 0, 1}, e.specialTokensMask());
    assertArrayEquals(new int[] {1, 1, 1, 1, 0}, e.attentionMask());
    assertArrayEquals(new int[] {-1, 0, 0, 0, -1}, e.sequenceIds());
    assertArrayEquals(new int[] {-1, 0, 0, 1, -1}, e.words());
  }

  @Test
  void positionsAndWordsLeadToTokens() {
    Encoding e = encoding();
    assertEquals(OptionalInt.of(2), e.charToToken(2, 0));
    assertEquals(OptionalInt.empty(), e.charToToken(3, 0));
    assertEquals(OptionalInt.of(1), e.charToWord(4, 0));
    assertEquals(new Encoding.Span(1, 3), e.wordToTokens(0, 0));
    assertEquals(new Encoding.Span(0, 3), e.wordToChars(0, 0));
    assertNull(e.wordToTokens(5, 0));
    assertThrows(IllegalArgumentException.class, () -> e.charToToken(0, -1));
  }

  @Test
  void positionsConvertToCharactersAndBytes() {
    assertArrayEquals(
        new int[] {0, 0, 1, 3, 0}, encoding().in(OffsetUnit.CODE_POINTS, TEXT).starts());
    assertArrayEquals(
        new int[] {0, 1, 2, 4, 0}, encoding().in(OffsetUnit.CODE_POINTS, TEXT).ends());
    assertArrayEquals(new int[] {0, 0, 2, 7, 0}, encoding().in(OffsetUnit.UTF8, TEXT).starts());
    assertArrayEquals(new int[] {0, 2, 6, 8, 0}, encoding().in(OffsetUnit.UTF8, TEXT).ends());
    assertEquals(encoding(), encoding().in(OffsetUnit.UTF16, TEXT));
  }

  @Test
  void bytesAreThoseThatJavaMakes() {
    for (String text : List.of("", "a", TEXT, "漢字", "a\ud800b", "\udc00", "x\ud83d")) {
      int[] positions = OffsetUnit.UTF8.positions(text);
      assertEquals(
          text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length,
          positions[text.length()],
          text);
    }
  }

  @Test
  void anotherTextIsRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> encoding().in(OffsetUnit.UTF8, "é"))
            .getMessage();
    assertTrue(message.contains("token 2 ends at 3 of text 0, which has 1 units"), message);
    assertThrows(IllegalArgumentException.class, () -> encoding().in(OffsetUnit.UTF8));
  }

  @Test
  void whatItGivesOutIsACopy() {
    Encoding e = encoding();
    e.ids()[0] = 99;
    e.starts()[1] = 99;
    assertEquals(encoding(), e);
    assertThrows(UnsupportedOperationException.class, () -> e.tokens().set(0, "x"));
  }

  @Test
  void aTokenThatIsNotThereIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> encoding().id(5));
    assertThrows(IndexOutOfBoundsException.class, () -> encoding().slice(3, 6));
    assertThrows(IllegalArgumentException.class, () -> encoding().withSequence(-1));
    assertThrows(
        IllegalArgumentException.class, () -> encoding().withOffsets(new int[1], new int[1]));
  }

  @Test
  void tooManyWaysToJoinAreRefused() {
    Encoding many = encoding().withOverflowing(Collections.nCopies(2_000, encoding()));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Encoding.merge(List.of(many, many)))
            .getMessage();
    assertTrue(message.contains("2001 and 2001 parts, which join in 4004000 ways"), message);
  }
}
