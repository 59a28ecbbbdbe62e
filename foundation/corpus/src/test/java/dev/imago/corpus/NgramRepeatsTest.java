package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NgramRepeatsTest {
  @Test
  void whatRepeatsIsWhatAPlainCountFindsInWhateverOrderSizesAreAsked() {
    var random = new Random(5);
    for (int round = 0; round < 60; round++) {
      var text = new StringBuilder();
      int kinds = 2 + random.nextInt(6);
      int count = random.nextInt(80);
      for (int w = 0; w < count; w++) {
        text.append("x".repeat(1 + random.nextInt(kinds))).append(' ');
      }
      var words = new Words(text.toString());
      var repeats = new NgramRepeats(words);
      for (int i = 0; i < 12; i++) {
        int n = i < 9 ? i + 2 : 2 + random.nextInt(9);
        assertEquals(mostFrequent(words, n), repeats.mostFrequent(n), text + " " + n);
        assertEquals(duplicated(words, n), repeats.duplicated(n), text + " " + n);
      }
    }
  }

  private static List<List<String>> ngrams(Words words, int n) {
    var all = new ArrayList<List<String>>();
    for (int w = 0; w + n <= words.count(); w++) {
      var ngram = new ArrayList<String>();
      for (int i = w; i < w + n; i++) {
        ngram.add(words.get(i));
      }
      all.add(ngram);
    }
    return all;
  }

  private static long characters(List<String> ngram) {
    return ngram.stream().mapToInt(String::length).sum();
  }

  private static long mostFrequent(Words words, int n) {
    var counts = new HashMap<List<String>, Integer>();
    ngrams(words, n).forEach(ngram -> counts.merge(ngram, 1, Integer::sum));
    int top = counts.values().stream().mapToInt(i -> i).max().orElse(0);
    return counts.entrySet().stream()
        .filter(e -> e.getValue() == top && top > 1)
        .mapToLong(e -> top * characters(e.getKey()))
        .max()
        .orElse(0);
  }

  private static long duplicated(Words words, int n) {
    var seen = new HashSet<List<String>>();
    var covered = new HashSet<Integer>();
    List<List<String>> all = ngrams(words, n);
    for (int w = 0; w < all.size(); w++) {
      if (!seen.add(all.get(w))) {
        for (int i = w; i < w + n; i++) {
          covered.add(i);
        }
      }
    }
    return covered.stream().mapToInt(words::length).sum();
  }
}
