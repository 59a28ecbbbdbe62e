package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MinHashTest {
  private final MinHash minHash = new MinHash(1);

  private static Set<Integer> set(int[] shingles) {
    return Arrays.stream(shingles).boxed().collect(Collectors.toSet());
  }

  /// Shared shingles in all shingles: what the signatures estimate.
  private static double jaccard(String a, String b) {
    Set<Integer> first = set(MinHash.shingles(a));
    Set<Integer> second = set(MinHash.shingles(b));
    var both = new HashSet<>(first);
    both.retainAll(second);
    return (double) both.size() / (first.size() + second.size() - both.size());
  }

  private static List<String> words(Random random, int count) {
    var words = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      words.add("w" + random.nextInt(5000));
    }
    return words;
  }

  /// The same words, some replaced by others in stretches.
  private static List<String> changed(Random random, List<String> words, double share) {
    var changed = new ArrayList<>(words);
    int from = (int) (words.size() * (1 - share));
    for (int i = from; i < words.size(); i++) {
      changed.set(i, "x" + random.nextInt(5000));
    }
    return changed;
  }

  @Test
  void theShareOfEqualRowsIsTheJaccardSimilarityWithinItsError() {
    var random = new Random(3);
    double bias = 0;
    int pairs = 0;
    for (int i = 0; i < 200; i++) {
      List<String> a = words(random, random.nextInt(50, 2000));
      String first = String.join(" ", a);
      String second = String.join(" ", changed(random, a, random.nextDouble()));
      double exact = jaccard(first, second);
      double estimate = MinHash.similarity(minHash.signature(first), minHash.signature(second));
      // Four standard deviations of 112 coin throws, and a half throw for the rounding.
      double error = 4 * Math.sqrt(exact * (1 - exact) / MinHash.SIZE) + 0.5 / MinHash.SIZE;
      assertEquals(exact, estimate, error + 1e-9, "pair " + i);
      bias += estimate - exact;
      pairs++;
    }
    assertEquals(0, bias / pairs, 0.01);
  }

  @Test
  void theVectorLoopGivesThePlainMinimum() {
    int[] signature = minHash.signature("a b c d e f g h i j k l m n o p q r s t u v w x y z");
    var again = new MinHash(1).signature("a b c d e f g h i j k l m n o p q r s t u v w x y z");
    assertArrayEquals(signature, again);
    assertEquals(MinHash.SIZE, signature.length);
    assertNotEquals(
        signature[0],
        new MinHash(2).signature("a b c d e f g h i j k l m n o p q r s t u v w x y z")[0]);
  }

  @Test
  void caseSpaceAndPunctuationDoNotCount() {
    assertArrayEquals(
        minHash.signature("int Foo(int a_b, long c) { return 1; }".repeat(10)),
        minHash.signature("INT foo ( int A_B long c )\n\treturn 1 ".repeat(10)));
  }

  @Test
  void everyIdeographIsAWord() {
    assertEquals(6, MinHash.shingles("一二三四五六七八九十").length);
    assertEquals(1, MinHash.shingles("one two three").length);
    assertEquals(0, MinHash.shingles(" \n\t ").length);
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
      assertFalse(
          Arrays.equals(MinHash.shingles(pair[0]), MinHash.shingles(pair[1])), pair[0] + pair[1]);
    }
    String words = "many other words stand around it here ".repeat(10);
    assertFalse(
        Arrays.equals(MinHash.shingles(words + "C"), MinHash.shingles(words + "C++")), "C++");
  }

  @Test
  void marksArePartsOfTheirLetter() {
    // Four words of Hindi, by spaces alone; Thai letters one by one, with their marks.
    assertEquals(1, MinHash.shingles("नमस्ते दुनिया यह परीक्षा").length);
    assertEquals(1, MinHash.shingles("สวัสดี").length);
    assertEquals(2, MinHash.shingles("สวัสดีครบ".substring(0, 8)).length);
  }

  @Test
  void similarTextsMeetAndOthersDoNot() {
    var random = new Random(5);
    var signatures = new ArrayList<int[]>();
    List<String> base = words(random, 1000);
    signatures.add(minHash.signature(String.join(" ", base)));
    signatures.add(minHash.signature(String.join(" ", words(random, 1000))));
    signatures.add(minHash.signature(String.join(" ", changed(random, base, 0.02))));
    signatures.add(new int[0]);
    signatures.add(new int[0]);
    signatures.add(minHash.signature(String.join(" ", changed(random, base, 0.03))));
    var near = new NearDuplicates(signatures, 0.75);
    assertEquals(
        List.of(0, 1, 0, 3, 4, 0),
        java.util.stream.IntStream.range(0, 6).map(near::original).boxed().toList());
  }

  @Test
  void nothingChains() {
    // A window that moves on: neighbours are alike, far ends share nothing.
    var random = new Random(3);
    List<String> text = words(random, 1400);
    var signatures = new ArrayList<int[]>();
    for (int from = 0; from <= 1000; from += 20) {
      signatures.add(minHash.signature(String.join(" ", text.subList(from, from + 400))));
    }
    var near = new NearDuplicates(signatures, 0.75);
    int stay = 0;
    for (int i = 0; i < signatures.size(); i++) {
      int original = near.original(i);
      assertEquals(original, near.original(original), "an original stays");
      stay += original == i ? 1 : 0;
      if (original != i) {
        assertTrue(MinHash.similarity(signatures.get(original), signatures.get(i)) >= 0.75);
      }
    }
    assertTrue(stay > 5, stay + " stay");
  }

  @Test
  void theChanceToMeetIsThatOfFourteenBandsOfEight() {
    // Pairs of one similarity: the share that meets is 1 − (1 − s⁸)¹⁴ of the estimated s.
    var random = new Random(11);
    int met = 0;
    double expected = 0;
    int pairs = 300;
    for (int i = 0; i < pairs; i++) {
      List<String> a = words(random, 400);
      List<String> b = changed(random, a, 0.16);
      String first = String.join(" ", a);
      String second = String.join(" ", b);
      var near =
          new NearDuplicates(List.of(minHash.signature(first), minHash.signature(second)), 0);
      met += near.original(1) == 0 ? 1 : 0;
      expected += 1 - Math.pow(1 - Math.pow(jaccard(first, second), 8), 14);
    }
    assertTrue(expected > 0.3 * pairs && expected < 0.9 * pairs, "expected " + expected);
    assertEquals(expected / pairs, (double) met / pairs, 0.12);
  }
}
