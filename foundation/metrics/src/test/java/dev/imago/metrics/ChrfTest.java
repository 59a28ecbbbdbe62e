package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChrfTest {
  private static final Chrf CHRF = Chrf.standard();

  private static double score(String hypothesis, String reference) {
    return CHRF.sentence(hypothesis, List.of(reference));
  }

  private static double[] counts(String hypothesis, String reference) {
    return CHRF.counts(hypothesis, List.of(reference));
  }

  @Test
  void aPerfectAnswerScoresAHundredAndNothingInCommonZero() {
    assertEquals(100, score("Returns the length.", "Returns the length."), 1e-12);
    assertEquals(0, score("abc", "xyz"));
    assertEquals(0, score("", "xyz"));
    assertEquals(0, score("abc", ""));
  }

  @Test
  void countsAreThoseCountedByHand() {
    // «abcd» against «abd»: order 1: a, b, d of 4 and of 3; order 2: ab of 3 and of 2; order 3:
    // abc,
    // bcd of 2, abd of 1, no match; order 4: the reference has none, so the hypothesis counts none.
    assertArrayEquals(
        new double[] {4, 3, 3, 3, 2, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, counts("abcd", "abd"));
    double precision = (3.0 / 4 + 1.0 / 3 + 0) / 3;
    double recall = (3.0 / 3 + 1.0 / 2 + 0) / 3;
    assertEquals(
        100 * 5 * precision * recall / (4 * precision + recall), score("abcd", "abd"), 1e-12);
  }

  @Test
  void repeatedNgramsMatchOnceEach() {
    assertEquals(1, counts("aaa", "ab")[2]);
    assertEquals(2, counts("aaa", "aab")[2]);
  }

  @Test
  void whiteSpaceDoesNotCountButCaseDoes() {
    assertEquals(100, score("a b\tc\u3000d\u00a0e", "abcde"), 1e-12);
    assertEquals(0, score("ABC", "abc"));
  }

  @Test
  void charactersOutsideTheBasicPlaneAreOne() {
    assertEquals(2, counts("😀😀", "😀😁")[0]);
    assertEquals(1, counts("😀😀", "😀😁")[2]);
  }

  @Test
  void ordersThatCountNothingAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Chrf(0, 0, 2, false, false, false));
  }
}
