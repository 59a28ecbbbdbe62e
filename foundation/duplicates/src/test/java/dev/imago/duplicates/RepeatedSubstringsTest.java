package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedSubstringsTest {
  @TempDir private Path temporary;

  private List<String> left(List<String> texts, int length, boolean keepsOne, long memory)
      throws Exception {
    var left = new ArrayList<String>();
    Path folder = temporary.resolve("work");
    try (var substrings = new RepeatedSubstrings(length, keepsOne, folder, memory)) {
      for (int i = 0; i < texts.size(); i++) {
        substrings.add(3L * i, texts.get(i));
      }
      try (Cuts cuts = substrings.decide()) {
        for (int i = 0; i < texts.size(); i++) {
          left.add(cuts.apply(3L * i, texts.get(i)));
        }
      }
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.toList(), "the folder is empty again");
    }
    return left;
  }

  /// The same by a plain suffix array: all suffixes of all texts, sorted, each compared with its
  /// neighbours.
  private static List<String> plain(List<String> texts, int length, boolean keepsOne) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingLong(i -> Mixing.of(texts.get(i), 0, texts.get(i).length())));
    record Suffix(int text, int from, int[] characters) {}
    var suffixes = new ArrayList<Suffix>();
    for (int text : order) {
      int[] characters = texts.get(text).codePoints().toArray();
      for (int from = 0; from + length <= characters.length; from++) {
        suffixes.add(new Suffix(text, from, characters));
      }
    }
    var sorted = new ArrayList<>(suffixes);
    // Of equal beginnings the earlier one comes first: the sort is stable.
    sorted.sort(
        (a, b) ->
            Arrays.compare(
                a.characters, a.from, a.from + length, b.characters, b.from, b.from + length));
    boolean[][] gone = new boolean[texts.size()][];
    for (int i = 0; i < texts.size(); i++) {
      gone[i] = new boolean[texts.get(i).codePointCount(0, texts.get(i).length())];
    }
    for (int i = 1; i < sorted.size(); i++) {
      Suffix before = sorted.get(i - 1);
      Suffix here = sorted.get(i);
      if (Arrays.equals(
          before.characters,
          before.from,
          before.from + length,
          here.characters,
          here.from,
          here.from + length)) {
        Arrays.fill(gone[here.text], here.from, here.from + length, true);
        if (!keepsOne) {
          Arrays.fill(gone[before.text], before.from, before.from + length, true);
        }
      }
    }
    var left = new ArrayList<String>();
    for (int i = 0; i < texts.size(); i++) {
      int[] characters = texts.get(i).codePoints().toArray();
      var text = new StringBuilder();
      for (int c = 0; c < characters.length; c++) {
        if (!gone[i][c]) {
          text.appendCodePoint(characters[c]);
        }
      }
      left.add(text.toString());
    }
    return left;
  }

  private static List<String> texts(long seed, int count, String alphabet) {
    var random = new Random(seed);
    int[] letters = alphabet.codePoints().toArray();
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      while (text.length() < 300) {
        if (random.nextInt(3) == 0 && i > 0) {
          String other = texts.get(random.nextInt(i));
          int from = random.nextInt(other.length());
          text.append(other, from, Math.min(other.length(), from + random.nextInt(120)));
        } else {
          for (int c = random.nextInt(60); c > 0; c--) {
            text.appendCodePoint(letters[random.nextInt(letters.length)]);
          }
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 20, true, abcdefghij klmnop",
    "2, 20, false, abcdefghij klmnop",
    "3, 31, true, 春眠不觉晓处处闻啼鸟夜来风雨声😀𠀀𠀁",
    "4, 2, true, abcdefghijklmnopqrstuvwxyz0123456789",
    "5, 3, false, ab😀",
    "6, 50, true, a",
    "7, 17, true, ab"
  })
  void theAnswerIsThatOfASuffixArray(long seed, int length, boolean keepsOne, String alphabet)
      throws Exception {
    List<String> texts = texts(seed, 30, alphabet);
    texts.add("");
    texts.add("x");
    List<String> expected = plain(texts, length, keepsOne);
    assertEquals(expected, left(texts, length, keepsOne, 1 << 20));
    assertEquals(expected, left(texts, length, keepsOne, 1), "however little memory there is");
    var turned = new ArrayList<>(texts.reversed());
    assertEquals(expected.reversed(), left(turned, length, keepsOne, 1 << 16), "in any order");
  }

  @Test
  void aTextLongerThanABlockIsOne() throws Exception {
    var random = new Random(5);
    String once = RepeatingTexts.words(random, 60_000);
    String text = once + "—".repeat(300) + once.substring(250_000, 280_000) + "end";
    List<String> left = left(List.of(text), 100, true, 1 << 20);
    assertEquals(
        text.length() - 30_000 - 299, left.getFirst().length(), "the copy, and all dashes but one");
    assertTrue(left.getFirst().startsWith(once.substring(0, 250_000)));
    String wordAfterWord = "word ".repeat(200_000);
    assertEquals(List.of("word "), left(List.of(wordAfterWord), 100, true, 1 << 20));
  }

  @Test
  void halfACharacterAtTheEndOfATextTakesNothingFromTheNext() throws Exception {
    var texts = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      texts.add("0123456789" + i % 10 + "\ud83d");
      texts.add("\ude00 and so on " + i);
    }
    assertEquals(plain(texts, 12, false), left(texts, 12, false, 1 << 20));
    assertEquals(plain(texts, 12, true), left(texts, 12, true, 1 << 20));
  }

  /// A sequence of Thue and Morse and its complement have the same hash, whatever its odd base: so
  /// what hashes say is held to the texts.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void windowsOfOneHashMayDiffer(boolean keepsOne) throws Exception {
    int length = 2048;
    var one = new StringBuilder();
    var other = new StringBuilder();
    for (int i = 0; i < length; i++) {
      boolean odd = Integer.bitCount(i) % 2 == 1;
      one.append(odd ? 'b' : 'a');
      other.append(odd ? 'a' : 'b');
    }
    List<String> texts = List.of(one + "x" + one, other + "y" + other, "z" + other);
    assertEquals(plain(texts, length, keepsOne), left(texts, length, keepsOne, 1 << 20));
  }
}
