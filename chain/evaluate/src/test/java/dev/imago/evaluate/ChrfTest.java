package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ChrfTest {
  @Test
  void aPerfectAnswerScoresAHundred() {
    assertEquals(100, Chrf.sentence("Returns the length.", "Returns the length."), 1e-12);
  }

  @Test
  void nothingInCommonScoresZero() {
    assertEquals(0, Chrf.sentence("abc", "xyz"));
    assertEquals(0, Chrf.sentence("", "xyz"));
    assertEquals(0, Chrf.sentence("abc", ""));
  }

  @Test
  void countsAreThoseCountedByHand() {
    // «abcd» against «abd»: order 1: a, b, d of 4 and of 3; order 2: ab of 3 and of 2; order 3:
    // abc,
    // bcd of 2, abd of 1, no match; order 4: the reference has none, so the hypothesis counts none.
    assertArrayEquals(
        new long[] {4, 3, 3, 3, 2, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        Chrf.counts("abcd", "abd"));
    double precision = (3.0 / 4 + 1.0 / 3 + 0) / 3;
    double recall = (3.0 / 3 + 1.0 / 2 + 0) / 3;
    assertEquals(
        100 * 5 * precision * recall / (4 * precision + recall),
        Chrf.sentence("abcd", "abd"),
        1e-12);
  }

  @Test
  void repeatedNgramsMatchOnceEach() {
    assertEquals(1, Chrf.counts("aaa", "ab")[2]);
    assertEquals(2, Chrf.counts("aaa", "aab")[2]);
  }

  @Test
  void whiteSpaceDoesNotCountButCaseDoes() {
    assertEquals(100, Chrf.sentence("a b\tc\u3000d\u00a0e", "abcde"), 1e-12);
    assertEquals(0, Chrf.sentence("ABC", "abc"));
  }

  @Test
  void charactersOutsideTheBasicPlaneAreOne() {
    assertEquals(2, Chrf.counts("😀😀", "😀😁")[0]);
    assertEquals(1, Chrf.counts("😀😀", "😀😁")[2]);
  }
}
