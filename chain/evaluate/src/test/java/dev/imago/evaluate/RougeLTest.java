package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RougeLTest {
  @Test
  void linsExampleOfPoliceAndGunman() {
    // Lin 2004, §3.1: S2 scores 3/4 and S3 2/4 against S1; all have four words, so F1 is the same.
    String s1 = "police killed the gunman";
    assertEquals(0.75, RougeL.f1("police kill the gunman", s1), 1e-12);
    assertEquals(0.5, RougeL.f1("the gunman kill police", s1), 1e-12);
  }

  @Test
  void unequalLengthsGiveTheHarmonicMean() {
    // 2 common words of 2 said and of 4 wanted: precision 1, recall 1/2.
    assertEquals(2.0 / 3, RougeL.f1("returns length", "Returns the string length"), 1e-12);
  }

  @Test
  void wordsAreLowerCaseRunsOfLettersAndDigits() {
    assertEquals(
        List.of("returns", "utf", "8", "na", "ve", "code", "inputstream"),
        RougeL.words("Returns UTF-8, naïve {@code InputStream}."));
    assertEquals(1, RougeL.f1("the End!", "The end"), 1e-12);
  }

  @Test
  void orderMatters() {
    assertEquals(0.5, RougeL.f1("b a", "a b"), 1e-12);
  }

  @Test
  void emptyOrWordlessTextScoresZero() {
    assertEquals(0, RougeL.f1("", "a"));
    assertEquals(0, RougeL.f1("a", "…"));
    assertEquals(0, RougeL.f1("返回长度", "返回长度"));
  }
}
