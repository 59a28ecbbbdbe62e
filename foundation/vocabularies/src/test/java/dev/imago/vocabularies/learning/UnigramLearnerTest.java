package dev.imago.vocabularies.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UnigramLearnerTest {
  private static CountedWords words(Map<String, Long> counts) {
    var table = new WordTable();
    counts.forEach(
        (word, count) -> {
          byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
          table.add(utf8, 0, utf8.length, count);
        });
    return table;
  }

  private static Map<String, Long> random(int seed, int words, String alphabet) {
    var random = new Random(seed);
    Map<String, Long> counts = new TreeMap<>();
    int[] letters = alphabet.codePoints().toArray();
    for (int i = 0; i < words; i++) {
      var word = new StringBuilder();
      for (int k = random.nextInt(9); k >= 0; k--) {
        word.appendCodePoint(letters[random.nextInt(letters.length)]);
      }
      counts.put(word.toString(), 1L + random.nextInt(4));
    }
    return counts;
  }

  /// Every substring of the texts that occurs twice and goes on in different ways, words ending in
  /// a way each.
  private static Map<String, Long> plainSeeds(Map<String, Long> words, int maxLength) {
    Map<String, Long> counts = new HashMap<>();
    Map<String, HashSet<String>> next = new HashMap<>();
    int occurrence = 0;
    for (var entry : words.entrySet()) {
      int[] word = entry.getKey().codePoints().toArray();
      for (long times = 0; times < entry.getValue(); times++) {
        occurrence++;
        for (int from = 0; from < word.length; from++) {
          for (int to = from + 2; to <= Math.min(word.length, from + maxLength); to++) {
            String piece = new String(word, from, to - from);
            counts.merge(piece, (long) (to - from), Long::sum);
            next.computeIfAbsent(piece, p -> new HashSet<>())
                .add(to < word.length ? Character.toString(word[to]) : "end " + occurrence);
          }
        }
      }
    }
    counts.keySet().removeIf(piece -> next.getOrDefault(piece, new HashSet<>()).size() < 2);
    return counts;
  }

  @Test
  void seedsAreTheSubstringsThatGoOnInDifferentWays() throws InterruptedException {
    for (int seed = 0; seed < 40; seed++) {
      Map<String, Long> words = random(seed, 30, seed % 2 == 0 ? "ab" : "aé😀b");
      int maxLength = 2 + seed % 5;
      PieceTable pieces = SeedPieces.of(new CharacterWords(words(words)), 1_000_000, maxLength);
      Map<String, Long> expected = plainSeeds(words, maxLength);
      long characters =
          words.entrySet().stream()
              .mapToLong(e -> e.getValue() * e.getKey().codePointCount(0, e.getKey().length()))
              .sum();
      double sum = characters + expected.values().stream().mapToLong(v -> v).sum();
      var found = new HashMap<String, Long>();
      for (int piece = 1; piece < pieces.size(); piece++) {
        if (pieces.length(piece) > 1) {
          found.put(pieces.spelling(piece), Math.round(Math.exp(pieces.score(piece)) * sum));
        }
      }
      assertEquals(expected, found);
    }
  }

  /// All ways to cut a word, one by one.
  private static double plainExpect(
      String word, Map<String, Double> scores, Map<String, Double> expected, double count) {
    double all = sum(word, scores, 0, 0, Map.of(), null, 0);
    sum(word, scores, 0, 0, new HashMap<>(), expected, count / all);
    return Math.log(all);
  }

  private static double sum(
      String word,
      Map<String, Double> scores,
      int from,
      double score,
      Map<String, Integer> used,
      Map<String, Double> expected,
      double weight) {
    if (from == word.length()) {
      double probability = Math.exp(score);
      if (expected != null) {
        used.forEach(
            (piece, times) -> expected.merge(piece, times * probability * weight, Double::sum));
      }
      return probability;
    }
    double all = 0;
    for (int to = from + 1; to <= word.length(); to++) {
      String piece = word.substring(from, to);
      Double more = scores.get(piece);
      if (more != null) {
        var now = new HashMap<>(used);
        now.merge(piece, 1, Integer::sum);
        all += sum(word, scores, to, score + more, now, expected, weight);
      }
    }
    return all;
  }

  @Test
  void expectationsAreThoseOfAllWaysToCutAWord() {
    var random = new Random(3);
    for (int round = 0; round < 50; round++) {
      var pieces = new PieceTable();
      var scores = new HashMap<String, Double>();
      for (String piece : List.of("a", "b", "ab", "ba", "aba", "bb", "abab")) {
        double score = -1 - 5 * random.nextDouble();
        pieces.add(piece.codePoints().toArray(), 0, piece.length(), score);
        scores.put(piece, score);
      }
      // A scale that drives the sums out of range makes logarithms take over.
      double scale = round % 2 == 0 ? 3 : 1e200;
      var lattice = new Lattice(pieces, new PieceTrie(pieces), scale);
      String word = "abbabaabab".substring(random.nextInt(8));
      double[] found = new double[pieces.size()];
      double logarithm = lattice.expect(word.codePoints().toArray(), 0, word.length(), 3, found);
      var expected = new HashMap<String, Double>();
      double plain = plainExpect(word, scores, expected, 3);
      assertEquals(plain + word.length() * Math.log(scale), logarithm, 1e-9);
      for (int piece = 1; piece < pieces.size(); piece++) {
        assertEquals(expected.getOrDefault(pieces.spelling(piece), 0.0), found[piece], 1e-9);
      }
    }
  }

  @Test
  void digammaIsTheDerivativeOfTheLogarithmOfGamma() {
    assertEquals(-0.5772156649015329, Digamma.of(1), 1e-9);
    assertEquals(-1.9635100260214235, Digamma.of(0.5), 1e-9);
    assertEquals(2.251752589066721, Digamma.of(10), 1e-9);
  }

  private static List<UnigramLearner.Piece> learn(Map<String, Long> words, int pieces, int threads)
      throws InterruptedException {
    return UnigramLearner.learn(
        words(words),
        new UnigramLearner.Settings(pieces, 10_000, 8, 0.75, 2, "", threads),
        left -> {});
  }

  @Test
  void threadsChangeNotABit() throws InterruptedException {
    Map<String, Long> words = random(5, 3_000, "abcdefgh");
    List<UnigramLearner.Piece> one = learn(words, 300, 1);
    assertEquals(300, one.size());
    assertEquals(one, learn(words, 300, 2));
    assertEquals(one, learn(words, 300, 7));
  }

  @Test
  void wordsThatRepeatBecomePieces() throws InterruptedException {
    Map<String, Long> words = new TreeMap<>(Map.of("▁the", 500L, "▁cat", 300L, "▁dog", 200L));
    "▁thecadog".codePoints().forEach(c -> words.put(Character.toString(c), 1L));
    List<String> pieces = learn(words, 12, 2).stream().map(UnigramLearner.Piece::text).toList();
    assertEquals(List.of("▁the", "▁cat", "▁dog"), pieces.subList(0, 3));
    assertTrue(pieces.containsAll(Arrays.asList("▁thecadog".split(""))));
  }

  @Test
  void everyCharacterIsAPieceAndScoresFall() throws InterruptedException {
    Map<String, Long> words = random(6, 500, "aéß漢😀xyz");
    List<UnigramLearner.Piece> pieces = learn(words, 60, 2);
    var texts = pieces.stream().map(UnigramLearner.Piece::text).toList();
    "aéß漢😀xyz".codePoints().forEach(c -> assertTrue(texts.contains(Character.toString(c))));
    for (int i = 1; i < pieces.size(); i++) {
      assertTrue(pieces.get(i).score() <= pieces.get(i - 1).score());
    }
  }
}
