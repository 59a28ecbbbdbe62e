package dev.imago.tokenize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class VocabularySizeTest {
  @Test
  void moreTextTakesMoreTokensUpToABound() {
    assertEquals(512, VocabularySize.of(1_000, 0));
    assertEquals(1024, VocabularySize.of(1_000_000, 0));
    assertEquals(2048, VocabularySize.of(4_000_000, 0));
    assertEquals(4096, VocabularySize.of(1_000_000_000, 0));
  }

  @Test
  void charactersOfOtherWritingsHaveRoomOfTheirOwn() {
    var size = new VocabularySize();
    var text = new StringBuilder();
    for (int c = 0x4e00; c < 0x4e00 + 1000; c++) {
      text.repeat(c, 10);
    }
    String chinese = text.toString();
    size.add(chinese, chinese.getBytes(StandardCharsets.UTF_8).length);
    assertEquals(512 + 980 + 44, size.get(), "98 % of the characters, rounded up to 64");
    assertEquals(0, size.get() % 64);
  }

  @Test
  void aRareCharacterTakesNone() {
    var size = new VocabularySize();
    size.add("a".repeat(1000) + "中", 1003);
    assertEquals(512, size.get());
    assertTrue(VocabularySize.of(0, 0) >= 259);
  }
}
