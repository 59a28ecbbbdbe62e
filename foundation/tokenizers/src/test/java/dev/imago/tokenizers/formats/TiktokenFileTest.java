package dev.imago.tokenizers.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.added.AddedToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TiktokenFileTest {
  private static final TiktokenFile.Encoding CL100K = TiktokenFile.Encoding.named("cl100k_base");

  private static VocabularyParts read(String lines) {
    return TiktokenFile.read("ranks", lines.getBytes(StandardCharsets.US_ASCII), CL100K);
  }

  private static String bytes() {
    var lines = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      lines.append(Base64.getEncoder().encodeToString(new byte[] {(byte) b}));
      lines.append(' ').append(b).append('\n');
    }
    return lines.toString();
  }

  @Test
  void thePairOfTheLowestRankMergesFirst() {
    // ab 256, bc 257, abc 258
    VocabularyParts parts = read(bytes() + "YWI= 256\nYmM= 257\nYWJj 258\n");
    assertEquals(List.of(258), PartsIds.ids(parts, "abc"));
    assertEquals(List.of((int) 'b', 256), PartsIds.ids(parts, "bab"));
    assertEquals(List.of((int) 'x', 257), PartsIds.ids(parts, "xbc"));
    assertEquals(List.of(0xe6, 0xbc, 0xa2), PartsIds.ids(parts, "漢"));
    assertEquals("漢 abc", PartsIds.text(parts, PartsIds.ids(parts, "漢 abc")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"YQ==", "YQ== x", "YQ== -1", " 1", "!! 1", "YQ== 1 2", "YQ== 99999999999"})
  void aBrokenLineIsNamed(String line) {
    var complaint = assertThrows(IllegalArgumentException.class, () -> read("Yg== 0\n" + line));
    String message = String.valueOf(complaint.getMessage());
    assertTrue(message.startsWith("ranks: line 2 is «"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"YQ== 1\nYQ== 2", "YQ== 1\nYg== 1", "YQ== 2000000000"})
  void ranksThatCannotBeAreNamed(String lines) {
    var complaint = assertThrows(IllegalArgumentException.class, () -> read(lines));
    assertTrue(
        String.valueOf(complaint.getMessage()).startsWith("ranks: «a» "), complaint.getMessage());
  }

  @Test
  void anUnknownEncodingNamesTheKnown() {
    var complaint =
        assertThrows(
            IllegalArgumentException.class, () -> TiktokenFile.Encoding.named("x.tiktoken"));
    assertTrue(String.valueOf(complaint.getMessage()).contains("cl100k_base"));
  }

  @Test
  void llama3sModelIsKnownByItsRanks() {
    var lines = new StringBuilder(bytes());
    for (int rank = 256; rank < 128_000; rank++) {
      byte[] token = {(byte) (rank >> 16), (byte) (rank >> 8), (byte) rank, 'x'};
      lines.append(Base64.getEncoder().encodeToString(token)).append(' ').append(rank).append('\n');
    }
    byte[] file = lines.toString().getBytes(StandardCharsets.US_ASCII);
    VocabularyParts parts = VocabularyFile.read("Meta-Llama-3-8B/tokenizer.model", file);
    assertEquals(256, parts.added().size());
    assertTrue(parts.added().contains(AddedToken.control(128_009, "<|eot_id|>")));
    assertTrue(parts.added().contains(AddedToken.control(128_006, "<|start_header_id|>")));
    assertTrue(
        parts.added().contains(AddedToken.control(128_255, "<|reserved_special_token_250|>")));
    byte[] other = bytes().getBytes(StandardCharsets.US_ASCII);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> VocabularyFile.read("tokenizer.model", other))
            .toString();
    assertTrue(message.contains("name it r50k_base.tiktoken"), message);
  }
}
