package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void ideographsByRangesAreThoseByScript() {
    for (int c = 0; c <= 0x323af; c++) {
      assertEquals(Words.scripted(c), Words.ideograph(c), Integer.toHexString(c));
    }
  }

  @Test
  void whatIsRepeatedInNoShortGramIsInNoLongOne() {
    var none = new Prose("one two three four five six seven eight nine ten eleven twelve");
    assertEquals(0, none.duplicateNgrams(5));
    assertEquals(0, none.duplicateNgrams(6));
    var six = new Prose("a b c d e f x a b c d e f");
    assertEquals(0, six.duplicateNgrams(7));
    assertEquals(6 / 13.0, six.duplicateNgrams(6), 1e-9);
    assertEquals(6 / 13.0, six.duplicateNgrams(5), 1e-9);
  }
}
