package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenShardsTest {
  @TempDir Path folder;

  @BeforeEach
  void write() {
    var header = new TokenShards.Header(70_000, 3);
    TokenShards.writeHeader(folder, header);
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      writer.write(new int[] {65_536, 5}, 7);
      writer.write(new int[0], 0);
      writer.write(new int[] {69_999}, 4);
    }
  }

  private String refused() {
    String message =
        assertThrows(InputException.class, () -> TokenShards.open(folder, Split.TRAIN))
            .getMessage();
    assertTrue(message.contains("encode it again"), message);
    return message;
  }

  private void change(String name, int at, long value) throws IOException {
    Path file = folder.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
    Files.write(file, bytes);
  }

  @Test
  void whatWasWrittenIsRead() {
    try (TokenShards tokens = TokenShards.open(folder, Split.TRAIN)) {
      int[] ids = new int[6];
      tokens.read(0, ids);
      assertEquals("[65536, 5, 3, 3, 69999, 3]", Arrays.toString(ids));
      assertEquals(3, tokens.documents());
      assertEquals(4, tokens.start(2));
      assertEquals(6, tokens.start(3));
      assertEquals(11, tokens.bytes());
    }
  }

  @Test
  void idsThatWereCutDoNotFitTheirIndex() throws IOException {
    Path ids = folder.resolve("train.bin");
    byte[] whole = Files.readAllBytes(ids);
    for (int length = 0; length < whole.length; length++) {
      Files.write(ids, Arrays.copyOf(whole, length));
      String message = refused();
      assertTrue(message.contains(length % 4 == 0 ? "train.idx" : "train.bin"), message);
    }
  }

  @Test
  void anIndexThatWasCutDoesNotFitItsIds() throws IOException {
    Path index = folder.resolve("train.idx");
    byte[] whole = Files.readAllBytes(index);
    Files.write(index, new byte[0]);
    refused();
    Files.write(index, Arrays.copyOf(whole, 17));
    refused();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 3, 6, Long.MAX_VALUE, Long.MIN_VALUE})
  void documentsThatDoNotFollowEachOtherAreRefused(long start) throws IOException {
    change("train.idx", 32, start);
    assertTrue(refused().contains("is not the index of the 6 ids beside it"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{\"vocabularySize\": \"many\"}",
        "{\"vocabularySize\": 9, \"endOfText\": 9}"
      })
  void aHeaderThatTellsNothingIsRefusedByName(String json) throws IOException {
    Files.writeString(folder.resolve("tokens.json"), json);
    assertTrue(refused().contains("tokens.json"));
  }
}
