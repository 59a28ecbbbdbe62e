package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MinHashTest {
  private final Shingles shingles = new Shingles();
  private final MinHash minHash = new MinHash(14, 8);

  private int[] signature(String text) {
    return minHash.signature(shingles.of(text));
  }

  private double jaccard(String a, String b) {
    return Shingles.similarity(
        Shingles.distinct(shingles.of(a)), Shingles.distinct(shingles.of(b)));
  }

  private static double agreeing(int[] a, int[] b) {
    int same = 0;
    for (int i = 0; i < a.length; i++) {
      same += a[i] == b[i] ? 1 : 0;
    }
    return (double) same / a.length;
  }

  @Test
  void theShareOfEqualRowsIsTheJaccardSimilarityWithinItsError() {
    var random = new Random(3);
    double bias = 0;
    for (int i = 0; i < 200; i++) {
      String first = RepeatingTexts.words(random, random.nextInt(50, 2000));
      String second = RepeatingTexts.changed(random, first, random.nextDouble());
      double exact = jaccard(first, second);
      double estimate = agreeing(signature(first), signature(second));
      // Four standard deviations of 112 coin throws, and a half throw for the rounding.
      double error = 4 * Math.sqrt(exact * (1 - exact) / 112) + 0.5 / 112;
      assertEquals(exact, estimate, error + 1e-9, "pair " + i);
      bias += estimate - exact;
    }
    assertEquals(0, bias / 200, 0.01);
  }

  @Test
  void theChanceToMeetIsThatOfTheBands() {
    var random = new Random(11);
    for (int[] form : new int[][] {{14, 8}, {20, 5}, {1, 3}}) {
      var hashes = new MinHash(form[0], form[1]);
      int met = 0;
      double expected = 0;
      for (int i = 0; i < 200; i++) {
        String first = RepeatingTexts.words(random, 200);
        String second = RepeatingTexts.changed(random, first, 0.16);
        long[] a = hashes.bands(hashes.signature(shingles.of(first)));
        long[] b = hashes.bands(hashes.signature(shingles.of(second)));
        boolean meet = false;
        for (int band = 0; band < form[0]; band++) {
          meet |= a[band] == b[band];
        }
        met += meet ? 1 : 0;
        expected += MinHash.probability(jaccard(first, second), form[0], form[1]);
      }
      assertEquals(expected / 200, met / 200.0, 0.12, Arrays.toString(form));
    }
  }

  @Test
  void longTextsPassInBlocks() {
    String text = RepeatingTexts.words(new Random(1), 20_000);
    long[] all = shingles.of(text);
    int[] signature = minHash.signature(all);
    int[] halves = minHash.signature(Arrays.copyOfRange(all, 0, 9_000));
    int[] rest = minHash.signature(Arrays.copyOfRange(all, 9_000, all.length));
    for (int i = 0; i < signature.length; i++) {
      assertEquals(Math.min(halves[i], rest[i]), signature[i]);
    }
  }

  @Test
  void caseSpaceAndPunctuationDoNotCount() {
    assertArrayEquals(
        shingles.of("int Foo(int a_b, long c) { return 1; }".repeat(10)),
        shingles.of("INT foo ( int A_B long c )\n\treturn 1 ".repeat(10)));
  }

  @Test
  void everyIdeographIsAWord() {
    assertEquals(6, shingles.of("一二三四五六七八九十").length);
    assertEquals(1, shingles.of("one two three").length);
    assertEquals(0, shingles.of(" \n\t ").length);
    assertEquals(0, minHash.bands(minHash.signature(shingles.of(""))).length);
  }

  @Test
  void inShortTextsSymbolsWeighAndEverywhereTheEndsOfWords() {
    for (String[] pair :
        new String[][] {
          {"3 + 4", "3 - 4"},
          {"!!!", "???"},
          {"C", "C++"},
          {"C#", "C++"},
          {"कि", "की"},
          {"😀", "😁"}
        }) {
      assertFalse(Arrays.equals(shingles.of(pair[0]), shingles.of(pair[1])), pair[0] + pair[1]);
    }
    String words = "many other words stand around it here ".repeat(10);
    assertFalse(Arrays.equals(shingles.of(words + "C"), shingles.of(words + "C++")), "C++");
    assertArrayEquals(shingles.of(words + "C + +"), shingles.of(words + "C"));
  }

  @Test
  void marksArePartsOfTheirLetter() {
    // Four words of Hindi, by spaces alone; Thai letters one by one, with their marks.
    assertEquals(1, shingles.of("नमस्ते दुनिया यह परीक्षा").length);
    assertEquals(1, shingles.of("สวัสดี").length);
    assertEquals(2, shingles.of("สวัสดีครบ".substring(0, 8)).length);
  }

  @Test
  void aWordAMillionTimesIsOneShingle() {
    long[] all = shingles.of("word ".repeat(1_000_000));
    assertEquals(999_996, all.length);
    assertEquals(1, Shingles.distinct(all).length);
    assertTrue(minHash.signature(all).length > 0);
    assertEquals(1, shingles.of("\ud800\udc00\ud800 x\udc00").length);
  }
}
