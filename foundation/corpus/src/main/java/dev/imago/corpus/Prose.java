package dev.imago.corpus;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What the rules of prose measure in one text.
final class Prose {
  /// Gopher's: a text of English has at least two of them.
  static final Set<String> STOP_WORDS =
      Set.of("the", "be", "to", "of", "and", "that", "have", "with");

  /// Letters without marks in a word of Thai: about four.
  private static final double LETTERS_PER_WORD = 4;

  private static final String BULLETS = "•‣⁃▪◦●○■-*+";

  private final String text;
  private final Words words;
  private final List<String> lines = new ArrayList<>();
  private final List<String> paragraphs = new ArrayList<>();
  private int spaceless = -1;

  private final NgramRepeats repeats;

  private @org.jspecify.annotations.Nullable List<String> chineseWords;

  Prose(String text) {
    this.text = text;
    words = new Words(text);
    repeats = new NgramRepeats(words);
    var paragraph = new StringBuilder();
    for (String raw : text.split("\n", -1)) {
      String line = raw.strip();
      if (!line.isEmpty()) {
        lines.add(line);
        paragraph.append(line).append('\n');
      } else if (!paragraph.isEmpty()) {
        paragraphs.add(paragraph.toString());
        paragraph.setLength(0);
      }
    }
    if (!paragraph.isEmpty()) {
      paragraphs.add(paragraph.toString());
    }
  }

  String text() {
    return text;
  }

  /// Those that are not blank, without blanks around.
  List<String> lines() {
    return lines;
  }

  /// Its words of ideographs in simplified characters: cut once.
  List<String> chineseWords(ChineseWordCutter cutter) {
    List<String> cut = chineseWords;
    if (cut == null) {
      cut =
          lines.stream()
              .flatMap(line -> cutter.words(ChineseWordCutter.simplified(line)).stream())
              .map(ChineseWordCutter.Word::text)
              .filter(word -> Words.ideograph(word.codePointAt(0)))
              .toList();
      chineseWords = cut;
    }
    return cut;
  }

  TextForm form(double fewestWords) {
    return TextForm.of(text, words(), fewestWords);
  }

  /// Words, where [Words#IDEOGRAPHS_PER_WORD] ideographs count as one, and so do
  /// [#LETTERS_PER_WORD] letters of Thai and its neighbours, which write no spaces between words.
  double words() {
    return words.weight() + spaceless() / LETTERS_PER_WORD;
  }

  /// Counted once: it is a part of every measure a word.
  private int spaceless() {
    if (spaceless < 0) {
      int found = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        found += Words.spaceless(c) && Character.isLetter(c) ? 1 : 0;
      }
      spaceless = found;
    }
    return spaceless;
  }

  private long occurrences(char of) {
    long found = 0;
    for (int at = text.indexOf(of); at >= 0; at = text.indexOf(of, at + 1)) {
      found++;
    }
    return found;
  }

  double meanWordLength() {
    return ratio(words.length(), words.count());
  }

  /// Number signs a word.
  double hashRatio() {
    return ratio(occurrences('#'), words());
  }

  /// Ellipses a word.
  double ellipsisRatio() {
    int found = 0;
    for (int at = text.indexOf("..."); at >= 0; at = text.indexOf("...", at + 3)) {
      found++;
    }
    return ratio(found + occurrences('…'), words());
  }

  /// The share of lines that begin with a bullet.
  double bulletLines() {
    return ratio(lines.stream().filter(Prose::bullet).count(), lines.size());
  }

  private static boolean bullet(String line) {
    return BULLETS.indexOf(line.charAt(0)) >= 0
        && (line.charAt(0) > '~' || line.length() > 1 && line.charAt(1) == ' ');
  }

  /// The share of lines that end with an ellipsis.
  double ellipsisLines() {
    return ratio(
        lines.stream().filter(l -> l.endsWith("...") || l.endsWith("…")).count(), lines.size());
  }

  /// The share of words with at least one letter. In a text whose marks stand between blanks, as in
  /// WikiText and the Penn Treebank («the bridge , which»), a mark is no word: else it would be
  /// every eighth one.
  double alphabeticWords() {
    boolean apart = words.marksApart();
    int alphabetic = 0;
    int all = 0;
    for (int w = 0; w < words.count(); w++) {
      boolean letters = words.alphabetic(w);
      alphabetic += letters ? 1 : 0;
      all += letters || !apart || !words.mark(w) ? 1 : 0;
    }
    return ratio(alphabetic, all);
  }

  /// How many different ones of [#STOP_WORDS] occur, in any case, with punctuation around.
  double stopWords() {
    var found = new HashSet<String>();
    for (int w = 0; w < words.count() && found.size() < STOP_WORDS.size(); w++) {
      if (words.length(w) <= 8) {
        String word = words.get(w).toLowerCase(Locale.ROOT).replaceAll("^\\P{L}+|\\P{L}+$", "");
        if (STOP_WORDS.contains(word)) {
          found.add(word);
        }
      }
    }
    return found.size();
  }

  double duplicateLines() {
    return duplicates(lines, false);
  }

  double duplicateLineCharacters() {
    return duplicates(lines, true);
  }

  double duplicateParagraphs() {
    return duplicates(paragraphs, false);
  }

  double duplicateParagraphCharacters() {
    return duplicates(paragraphs, true);
  }

  /// The share of parts, or of their characters, that stood before already.
  private static double duplicates(List<String> parts, boolean characters) {
    var seen = new HashSet<String>();
    long again = 0;
    long all = 0;
    for (String part : parts) {
      int weight = characters ? part.length() : 1;
      all += weight;
      again += seen.add(part) ? 0 : weight;
    }
    return ratio(again, all);
  }

  /// The share of the words' characters in the most frequent n-gram that occurs at least twice; of
  /// several, the one with the most characters. Occurrences may overlap, the share is at most 1.
  double topNgram(int n) {
    return Math.min(1, ratio(repeats.mostFrequent(size(n)), words.length()));
  }

  /// The share of the words' characters in n-grams that stood before already, each counted once
  /// however many of them overlap on it.
  double duplicateNgrams(int n) {
    return ratio(repeats.duplicated(size(n)), words.length());
  }

  /// n words are as many ideographs as make n words.
  private int size(int n) {
    boolean chinese = 2 * words.ideographs() > words.count();
    return chinese ? (int) Math.round(n * Words.IDEOGRAPHS_PER_WORD) : n;
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
