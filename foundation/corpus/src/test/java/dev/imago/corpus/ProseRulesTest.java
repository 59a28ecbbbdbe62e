package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// Each rule of Gopher at its bound as published: on it, a text passes; one step past it, it does
/// not.
class ProseRulesTest {
  private static Optional<BrokenRule> ask(String rule, String text) {
    return ask(rule, text, "en");
  }

  private static Optional<BrokenRule> ask(String rule, String text, String language) {
    var rules = new ArrayList<>(ProseRules.defaults().rules(language));
    rules.add(ProseRules.defaults().length(TextForm.PROSE));
    List<Rule<Prose>> named = rules.stream().filter(r -> r.name().equals(rule)).toList();
    assertEquals(1, named.size(), rule);
    return Rule.firstBroken(named, new Prose(text));
  }

  private static void passes(String rule, String text) {
    assertEquals(Optional.empty(), ask(rule, text));
  }

  private static void breaks(String rule, double measured, String text) {
    BrokenRule drop = ask(rule, text).orElseThrow();
    assertEquals(rule, drop.rule());
    assertEquals(measured, drop.measured(), 1e-9);
  }

  /// Different words of one length.
  private static List<String> words(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(i -> "w".repeat(length - 6) + Integer.toString(i + 36 * 36 * 36 * 36 * 36, 36))
        .toList();
  }

  private static String text(int words) {
    return String.join(" ", words(words, 7));
  }

  /// Lines, all different.
  private static List<String> lines(int count) {
    return new ArrayList<>(words(count, 10));
  }

  @Test
  void from50To100000Words() {
    passes("gopher-words", text(50));
    breaks("gopher-words", 49, text(49));
    passes("gopher-words", text(100_000));
    breaks("gopher-words", 100_001, text(100_001));
  }

  @Test
  void wordsOf3To10CharactersOnAverage() {
    passes("gopher-mean-word-length", "abc ".repeat(50));
    breaks("gopher-mean-word-length", 2.98, "abc ".repeat(49) + "ab");
    passes("gopher-mean-word-length", "abcdefghij ".repeat(50));
    breaks("gopher-mean-word-length", 10.02, "abcdefghij ".repeat(49) + "abcdefghijk");
  }

  @Test
  void atMostOneNumberSignInTenWords() {
    passes("gopher-number-signs", text(90) + " #a".repeat(10));
    breaks("gopher-number-signs", 0.11, text(89) + " #a".repeat(11));
  }

  @Test
  void atMostOneEllipsisInTenWords() {
    passes("gopher-ellipses", text(90) + " a...".repeat(5) + " b…".repeat(5));
    breaks("gopher-ellipses", 0.11, text(89) + " a...".repeat(6) + " b…".repeat(5));
  }

  @Test
  void atMost90PercentOfLinesBeginWithABullet() {
    passes("gopher-bullet-lines", "• a\n".repeat(5) + "- a\n".repeat(4) + "a\n");
    breaks("gopher-bullet-lines", 1, "• a\n- a\n* a\n\n");
    passes("gopher-bullet-lines", "-5 is a number\n--- is a rule\n");
  }

  @Test
  void atMost30PercentOfLinesEndWithAnEllipsis() {
    passes("gopher-ellipsis-lines", "a...\n".repeat(2) + "a…\n" + "a\n".repeat(7));
    breaks("gopher-ellipsis-lines", 0.4, "a...\n".repeat(4) + "a\n".repeat(6));
  }

  @Test
  void atLeast80PercentOfWordsHaveALetter() {
    passes("gopher-alphabetic-words", "a1 ".repeat(8) + "12 ".repeat(2));
    breaks("gopher-alphabetic-words", 0.7, "a1 ".repeat(7) + "12 ".repeat(3));
  }

  @Test
  void marksBetweenBlanksAreNoWordsWhereAllStandSo() {
    String treebank = "He had a guest @-@ starring role , in 2000 . ";
    passes("gopher-alphabetic-words", treebank + "( , ; : ) ".repeat(3));
    breaks("gopher-alphabetic-words", 0.5, "It is a word. % % % %");
  }

  @Test
  void atLeastTwoDifferentStopWords() {
    passes("gopher-stop-words", "\"The cat, that");
    breaks("gopher-stop-words", 1, "the the the cat");
    breaks("gopher-stop-words", 0, "der Hund und die Katze");
  }

  @Test
  void atMost30PercentOfLinesAreDuplicates() {
    List<String> thirty = new ArrayList<>(lines(7));
    thirty.addAll(List.copyOf(thirty.subList(0, 3)));
    passes("gopher-duplicate-lines", String.join("\n", thirty));
    List<String> forty = new ArrayList<>(lines(6));
    forty.addAll(List.copyOf(forty.subList(0, 4)));
    breaks("gopher-duplicate-lines", 0.4, String.join("\n\n", forty));
  }

  @Test
  void atMost30PercentOfParagraphsAreDuplicates() {
    List<String> thirty = lines(7);
    thirty.addAll(List.copyOf(thirty.subList(0, 3)));
    passes("gopher-duplicate-paragraphs", String.join("\n\n", thirty));
    List<String> forty = lines(6);
    forty.addAll(List.copyOf(forty.subList(0, 4)));
    breaks("gopher-duplicate-paragraphs", 0.4, String.join("\n \n", forty));
    passes("gopher-duplicate-paragraphs", String.join("\n", forty));
  }

  @Test
  void atMost20PercentOfCharactersAreInDuplicateLinesOrParagraphs() {
    List<String> twenty = lines(8);
    twenty.addAll(List.copyOf(twenty.subList(0, 2)));
    List<String> more = lines(7);
    more.addAll(List.copyOf(more.subList(0, 3)));
    passes("gopher-duplicate-line-characters", String.join("\n", twenty));
    breaks("gopher-duplicate-line-characters", 0.3, String.join("\n", more));
    passes("gopher-duplicate-paragraph-characters", String.join("\n\n", twenty));
    breaks("gopher-duplicate-paragraph-characters", 0.3, String.join("\n\n", more));
  }

  /// 100 words of 10 letters, of which an n-gram of the same words stands `times` times.
  private static String repeated(int n, int times) {
    List<String> words = new ArrayList<>(words(100 - n * times, 10));
    List<String> ngram = IntStream.range(0, n).mapToObj(i -> "repeated" + (10 + i)).toList();
    var text = new ArrayList<String>();
    for (int i = 0; i < times; i++) {
      text.addAll(ngram);
      // Between two occurrences a word that is no other's neighbour: only the n-gram repeats.
      text.add(words.removeLast());
    }
    text.addAll(words);
    return String.join(" ", text);
  }

  @Test
  void theTopNgramsHoldAtMostTheirShareOfCharacters() {
    passes("gopher-top-2-gram", repeated(2, 10));
    breaks("gopher-top-2-gram", 0.22, repeated(2, 11));
    passes("gopher-top-3-gram", repeated(3, 6));
    breaks("gopher-top-3-gram", 0.21, repeated(3, 7));
    passes("gopher-top-4-gram", repeated(4, 4));
    breaks("gopher-top-4-gram", 0.20, repeated(4, 5));
  }

  @Test
  void anNgramThatStandsOnceIsNoRepetition() {
    passes("gopher-top-2-gram", "one two");
    passes("gopher-top-4-gram", "one two three four");
  }

  @Test
  void duplicateNgramsHoldAtMostTheirShareOfCharacters() {
    // One n-gram, repeated so often that its later occurrences are the bound, or just past it.
    passes("gopher-duplicate-5-grams", repeated(5, 4));
    breaks("gopher-duplicate-5-grams", 0.20, repeated(5, 5));
    passes("gopher-duplicate-6-grams", repeated(7, 3));
    breaks("gopher-duplicate-6-grams", 0.18, repeated(6, 4));
    passes("gopher-duplicate-7-grams", repeated(13, 2));
    breaks("gopher-duplicate-7-grams", 0.14, repeated(14, 2));
    passes("gopher-duplicate-8-grams", repeated(12, 2));
    breaks("gopher-duplicate-8-grams", 0.13, repeated(13, 2));
    passes("gopher-duplicate-9-grams", repeated(11, 2));
    breaks("gopher-duplicate-9-grams", 0.12, repeated(12, 2));
    passes("gopher-duplicate-10-grams", repeated(10, 2));
    breaks("gopher-duplicate-10-grams", 0.11, repeated(11, 2));
  }

  @Test
  void charactersInOverlappingDuplicatesCountOnce() {
    // 20 equal words: all after the first five-gram are in duplicates, each once.
    breaks(
        "gopher-duplicate-5-grams", 19 / 20.0, String.join(" ", Collections.nCopies(20, "same")));
    breaks("gopher-top-2-gram", 1, String.join(" ", Collections.nCopies(20, "same")));
  }

  @Test
  void chineseCountsCharactersAsPartsOfWords() {
    // 1.75 characters a word: 88 make 50.3 words, 87 make 49.7. Punctuation is no word.
    String chinese =
        IntStream.range(0, 88)
            .mapToObj(i -> String.valueOf((char) (0x4e00 + 7 * i)))
            .collect(Collectors.joining());
    assertEquals(Optional.empty(), ask("gopher-words", chinese + "。！？", "zh"));
    assertTrue(ask("gopher-words", chinese.substring(1) + "。！？", "zh").isPresent());
    var names = ProseRules.defaults().rules("zh").stream().map(Rule::name).toList();
    assertTrue(!names.contains("gopher-mean-word-length") && !names.contains("gopher-stop-words"));
    assertEquals(
        Optional.empty(), Rule.firstBroken(ProseRules.defaults().rules("zh"), new Prose(chinese)));
  }

  @Test
  void chineseNgramsAreAsLongAsWords() {
    // A name of five characters, again and again, is no five-gram of words.
    var text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append("长安城外有");
      for (int j = 0; j < 12; j++) {
        text.append((char) (0x5000 + 31 * (i * 12 + j)));
      }
    }
    assertEquals(Optional.empty(), ask("gopher-duplicate-5-grams", text.toString(), "zh"));
    assertTrue(ask("gopher-duplicate-5-grams", "天地玄黄宇宙洪荒日月盈昃".repeat(9), "zh").isPresent());
  }

  @Test
  void englishRulesAreNotAskedOfOtherLanguages() {
    var names = ProseRules.defaults().rules("de").stream().map(Rule::name).toList();
    assertTrue(names.contains("gopher-mean-word-length"));
    assertTrue(!names.contains("gopher-stop-words"));
  }

  @Test
  void boundsThatNothingPassesAreRefused() {
    var d = ProseRules.defaults();
    Assertions.assertThrows(
        ConfigException.class,
        () ->
            new ProseRules(
                100,
                50,
                3,
                10,
                0.1,
                0.9,
                0.3,
                0.8,
                2,
                0.3,
                0.3,
                0.2,
                0.2,
                d.maxTopNgrams(),
                d.maxDuplicateNgrams(),
                d.sets(),
                "",
                d.quality()));
  }
}
