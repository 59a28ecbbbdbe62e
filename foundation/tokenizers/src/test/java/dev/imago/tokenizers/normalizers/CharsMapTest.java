package dev.imago.tokenizers.normalizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.aligned.AlignedText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CharsMapTest {
  private static @Nullable String replacement(CharsMap map, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return map.replacement(bytes, 0, bytes.length);
  }

  private static String complaint(byte[] table) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () -> NormalizerKinds.read(CharsMapWriter.json(table)))
            .getMessage());
  }

  @Test
  void whatWasWrittenIsFound() {
    var random = new RandomUnicode(41);
    Map<String, String> table = new HashMap<>();
    while (table.size() < 300) {
      String key = random.next();
      // A shorter key would be found first.
      if (!key.isEmpty()
          && key.indexOf('\0') < 0
          && table.keySet().stream().noneMatch(k -> key.startsWith(k) || k.startsWith(key))) {
        table.put(key, random.next().replace("\0", ""));
      }
    }
    CharsMap map = CharsMap.read(CharsMapWriter.write(table));
    table.forEach((key, value) -> assertEquals(value, replacement(map, key + "more")));
    assertNull(replacement(map, "\0"));
    assertNull(replacement(map, ""));
  }

  @Test
  void sizesAreCheckedBeforeAnythingIsAllocated() {
    byte[] table = CharsMapWriter.write(Map.of("a", "b"));
    for (int size : new int[] {-1, Integer.MAX_VALUE, table.length - 3, 0, 3}) {
      byte[] broken = table.clone();
      ByteBuffer.wrap(broken).order(ByteOrder.LITTLE_ENDIAN).putInt(size);
      assertTrue(
          complaint(broken)
              .contains("says that its trie has " + Integer.toUnsignedLong(size) + " bytes"));
    }
    assertTrue(complaint(new byte[0]).contains("has 0 bytes"));
    assertTrue(complaint(new byte[3]).contains("has 3 bytes"));
  }

  @Test
  void brokenBase64IsRefused() {
    for (String base64 : new String[] {"=", "AAA", "AA==A", "é", "AAAA\\n"}) {
      String json = "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"" + base64 + "\"}";
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> NormalizerKinds.read(json))
                  .getMessage());
      assertTrue(message.startsWith("tokenizer.json: normalizer.precompiled_charsmap: "), message);
    }
  }

  @Test
  void replacementsThatAreNotThereAreRefused() {
    byte[] table = CharsMapWriter.write(Map.of("a", "é"));
    byte[] notUtf8 = table.clone();
    notUtf8[notUtf8.length - 2] = 'x';
    assertTrue(complaint(notUtf8).contains("not UTF-8"));
    // The one leaf now says that its replacement starts at 1, within the character.
    byte[] within = table.clone();
    for (int at = 4; at < within.length - 3; at += 4) {
      if (within[at + 3] == (byte) 0x80) {
        within[at] = 1;
      }
    }
    assertTrue(complaint(within).contains("to a replacement at 1, which is not where"));
    assertTrue(
        complaint(Arrays.copyOf(within, within.length - 3)).contains("to a replacement at 1,"));
  }

  @Test
  void aTrieThatLeadsInCirclesEndsWithTheText() {
    // Every unit is its own child, whatever the byte.
    var table = ByteBuffer.allocate(4 + 4 * 512).order(ByteOrder.LITTLE_ENDIAN).putInt(4 * 512);
    table.putInt(256 << 10);
    for (int i = 1; i < 512; i++) {
      table.putInt(i & 0xff | (i & 0xff) << 10);
    }
    Normalizer normalizer = NormalizerKinds.read(CharsMapWriter.json(table.array()));
    assertEquals("aé漢😀", normalizer.apply(AlignedText.of("aé漢😀")).text());
  }

  @Test
  void anyBytesGiveATableOrOneMessage() {
    var random = new Random(42);
    var texts = new RandomUnicode(43);
    byte[] good =
        CharsMapWriter.write(
            Map.of("a", "é", "é", "", "ab", "x", "漢", "字字", "ﬁ", "fi", "\r\n", " "));
    int tables = 0;
    for (int i = 0; i < 1_500; i++) {
      byte[] table = good.clone();
      if (random.nextInt(4) == 0) {
        table = Arrays.copyOf(table, random.nextInt(table.length + 1));
      }
      for (int changes = random.nextInt(6); changes > 0 && table.length > 0; changes--) {
        int at = random.nextInt(random.nextBoolean() ? table.length : Math.min(table.length, 1100));
        table[at] =
            (byte)
                (random.nextBoolean() ? random.nextInt(256) : table[at] ^ 1 << random.nextInt(8));
      }
      Normalizer normalizer;
      try {
        normalizer = NormalizerKinds.read(CharsMapWriter.json(table));
      } catch (IllegalArgumentException e) {
        assertTrue(
            String.valueOf(e.getMessage())
                .startsWith("tokenizer.json: normalizer.precompiled_charsmap: the table "));
        continue;
      }
      tables++;
      for (int k = 0; k < 3; k++) {
        String text = texts.next();
        assertEquals(
            normalizer.apply(AlignedText.ofUntracked(text)).text(),
            normalizer.apply(AlignedText.of(text)).text());
      }
    }
    assertTrue(tables > 200 && tables < 1_450, tables + " tables could be read");
  }
}
