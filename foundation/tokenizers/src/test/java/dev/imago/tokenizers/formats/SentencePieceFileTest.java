package dev.imago.tokenizers.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fixtures.Cases;
import dev.imago.tokenizers.models.ScoredPieces.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SentencePieceFileTest {
  /// Writes the few fields that a test needs.
  private static final class Proto {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Proto number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Proto bytes(int field, byte[] bytes) {
      varint((long) field << 3 | 2);
      varint(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    Proto piece(String piece, float score, Kind kind) {
      int bits = Float.floatToIntBits(score);
      var message = new Proto().bytes(1, piece.getBytes(StandardCharsets.UTF_8));
      message.out.write(2 << 3 | 5);
      for (int i = 0; i < 4; i++) {
        message.out.write(bits >>> 8 * i);
      }
      return bytes(1, message.number(3, kind.ordinal() + 1).done());
    }

    private void varint(long value) {
      while ((value & ~0x7fL) != 0) {
        out.write((int) (value & 0x7f | 0x80));
        value >>>= 7;
      }
      out.write((int) value);
    }

    byte[] done() {
      return out.toByteArray();
    }
  }

  private static Proto model(int type, boolean removesBlanks) {
    return new Proto()
        .piece("<unk>", 0, Kind.UNKNOWN)
        .piece("<s>", 0, Kind.CONTROL)
        .piece("▁", -1, Kind.NORMAL)
        .piece("a", -2, Kind.NORMAL)
        .piece("b", -3, Kind.NORMAL)
        .piece("▁a", -4, Kind.NORMAL)
        .piece("ab", -3.5f, Kind.NORMAL)
        .piece("<x>", 0, Kind.USER_DEFINED)
        .piece("abab", -3.2f, Kind.UNUSED)
        .bytes(2, new Proto().number(3, type).done())
        .bytes(3, new Proto().number(4, removesBlanks ? 1 : 0).done());
  }

  private static List<Integer> ids(byte[] model, String text) {
    return PartsIds.ids(SentencePieceFile.read("m.model", model), text);
  }

  @Test
  void bpeMergesThePieceOfTheHighestScoreFirst() {
    byte[] model = model(2, true).done();
    assertEquals(List.of(2, 6), ids(model, "ab"));
    assertEquals(List.of(5), ids(model, "a"));
    assertEquals(List.of(5, 5), ids(model, "  a   a "));
  }

  @Test
  void anUnusedPieceIsTakenApartAgain() {
    assertEquals(List.of(2, 6, 6), ids(model(2, true).done(), "abab"));
  }

  @Test
  void unknownCharactersSideBySideAreOneToken() {
    assertEquals(List.of(5, 0, 3), ids(model(2, true).done(), "a??a"));
    assertEquals(List.of(2, 3, 0, 3), ids(model(1, true).done(), "a??a"));
  }

  @Test
  void symbolsOfTheUserStayWhole() {
    assertEquals(List.of(5, 7, 3), ids(model(2, true).done(), "a<x>a"));
    assertEquals(List.of(2, 7, 3), ids(model(1, true).done(), "<x>a"));
  }

  @Test
  void controlPiecesInTextAreText() {
    assertEquals(List.of(2, 0), ids(model(2, true).done(), "<s>"));
  }

  @Test
  void unigramFindsTheBestPath() {
    assertEquals(List.of(2, 6), ids(model(1, true).done(), "ab"));
    assertEquals(List.of(2, 3), ids(model(1, true).done(), "a"));
  }

  @Test
  void blanksStayWhereTheFileSaysSo() {
    assertEquals(List.of(2, 2, 5, 2), ids(model(2, false).done(), "  a "));
  }

  @Test
  void theBlankThatWasPutInGoesWhenItIsDecoded() {
    VocabularyParts parts = SentencePieceFile.read("m.model", model(2, false).done());
    assertEquals("a a", PartsIds.text(parts, List.of(5, 5)));
    assertEquals(" \u2047 a", PartsIds.text(parts, List.of(1, 0, 3)));
  }

  @Test
  void aFileThatIsCutAnywhereSaysSo() {
    byte[] model = model(1, true).done();
    int named = 0;
    for (int length = 0; length < model.length; length++) {
      byte[] cut = Arrays.copyOf(model, length);
      try {
        SentencePieceFile.read("m.model", cut);
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("m.model: "), message);
        named += message.contains("at byte ") ? 1 : 0;
      }
    }
    // Only between two pieces a cut leaves a model.
    assertTrue(named > model.length * 3 / 4, named + " of " + model.length);
  }

  @Test
  void changedBytesAreReadOrRefusedWithOneMessage() {
    byte[] model = model(2, true).done();
    var random = new Random(71);
    for (int i = 0; i < Cases.of(50_000); i++) {
      byte[] changed = model.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      try {
        ids(changed, "a ab<x>?");
      } catch (IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("m.model: "), e.getMessage());
      }
    }
  }

  @Test
  void aLengthPastTheEndIsNotAllocated() {
    byte[] hostile = {0x0a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f};
    var complaint =
        assertThrows(
            IllegalArgumentException.class, () -> SentencePieceFile.read("m.model", hostile));
    assertTrue(
        String.valueOf(complaint.getMessage())
            .contains("at byte 0, field 1 says that it has 34359738367 bytes, where 0 are left"),
        complaint.getMessage());
  }

  @Test
  void whatIsNoModelSaysWhatItLacks() {
    byte[] noUnknown = new Proto().piece("a", 0, Kind.NORMAL).done();
    byte[] twice =
        new Proto()
            .piece("<unk>", 0, Kind.UNKNOWN)
            .piece("a", 0, Kind.NORMAL)
            .piece("a", 0, Kind.NORMAL)
            .done();
    byte[] bytes = new Proto().piece("<unk>", 0, Kind.UNKNOWN).piece("<0x00>", 0, Kind.BYTE).done();
    assertSays("it has no pieces", new byte[0]);
    assertSays("no piece is the unknown's", noUnknown);
    assertSays("piece 2, «a», is piece 1 too", twice);
    assertSays("pieces of bytes, but byte_fallback is not set", bytes);
    assertSays(
        "has the score NaN",
        new Proto().piece("<unk>", 0, Kind.UNKNOWN).piece("a", Float.NaN, Kind.NORMAL).done());
  }

  private static void assertSays(String said, byte[] model) {
    var complaint =
        assertThrows(
            IllegalArgumentException.class, () -> SentencePieceFile.read("m.model", model));
    assertTrue(String.valueOf(complaint.getMessage()).contains(said), complaint.getMessage());
  }
}
