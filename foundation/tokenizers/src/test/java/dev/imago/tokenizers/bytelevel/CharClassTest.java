package dev.imago.tokenizers.bytelevel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CharClassTest {
  /// Unicode 16, as Hugging Face tokenizers 0.23 has it: another JDK must not change ids unseen.
  @Test
  void theTablesAreThoseOfUnicode16() {
    int[] counts = new int[9];
    long checksum = 0;
    for (int c = 0; c < 0x110000; c++) {
      int kind = Integer.numberOfTrailingZeros(CharClass.of(c));
      counts[kind]++;
      checksum = checksum * 31 + kind;
    }
    int upper = counts[0];
    int lower = counts[1];
    int caseless = counts[2];
    assertEquals(141_028, upper + lower + caseless);
    assertEquals(1_911, counts[Integer.numberOfTrailingZeros(CharClass.NUMBER)]);
    assertEquals(23, counts[Integer.numberOfTrailingZeros(CharClass.SPACE)]);
    assertEquals(2, counts[Integer.numberOfTrailingZeros(CharClass.NEWLINE)]);
    assertEquals(934_286_843_363_965_885L, checksum);
  }
}
