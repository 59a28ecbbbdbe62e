package dev.imago.corpus;

import java.util.HashSet;
import java.util.List;

/// FineWeb's rules of quality: Penedo et al. 2024, arXiv:2406.17557, §3.6, with the bounds of its
/// published code, where a measure on a bound does not pass. Lines are all between line ends, empty
/// ones too.
final class FineWebRules {
  static final String SOURCE = "Penedo et al. 2024, §3.6";

  private static final int SHORT_LINE = 30;

  /// What ends a sentence in English, as published.
  static final String ENGLISH_ENDS = ".'\"!?";

  /// With those of other scripts: of Chinese and Japanese, Hindi, Arabic, Armenian, Ethiopic,
  /// Burmese, Khmer, and quotation marks behind them.
  static final String ENDS = ENGLISH_ENDS + "。！？…．；”’」』）)»॥।؟۔։።፧၊။៖៕";

  private FineWebRules() {}

  static List<Rule<Prose>> rules() {
    return List.of(
        lineEnds("fineweb", SOURCE, ENGLISH_ENDS, 0.12),
        Rule.atMost("fineweb-short-lines", SOURCE, FineWebRules::shortLines, Math.nextDown(0.67)),
        duplicateLineCharacters("fineweb", SOURCE, 0.01),
        newLines("fineweb", SOURCE, 0.3));
  }

  static Rule<Prose> lineEnds(String set, String source, String ends, double above) {
    return Rule.atLeast(
        set + "-line-ends", source, prose -> lineEnds(prose, ends), Math.nextUp(above));
  }

  static Rule<Prose> duplicateLineCharacters(String set, String source, double below) {
    return Rule.atMost(
        set + "-duplicate-line-characters",
        source,
        FineWebRules::duplicateLineCharacters,
        Math.nextDown(below));
  }

  static Rule<Prose> newLines(String set, String source, double most) {
    return Rule.atMost(set + "-new-lines", source, FineWebRules::newLines, most);
  }

  /// The share of lines that end as a sentence does.
  private static double lineEnds(Prose prose, String ends) {
    String[] lines = prose.text().split("\n", -1);
    int ended = 0;
    for (String line : lines) {
      ended += !line.isEmpty() && ends.indexOf(line.charAt(line.length() - 1)) >= 0 ? 1 : 0;
    }
    return (double) ended / lines.length;
  }

  /// The share of lines of at most 30 characters.
  private static double shortLines(Prose prose) {
    String[] lines = prose.text().split("\n", -1);
    int small = 0;
    for (String line : lines) {
      small += line.codePointCount(0, line.length()) <= SHORT_LINE ? 1 : 0;
    }
    return (double) small / lines.length;
  }

  /// The share of characters in lines that stood before.
  private static double duplicateLineCharacters(Prose prose) {
    var seen = new HashSet<String>();
    long again = 0;
    long all = 0;
    for (String line : prose.text().split("\n", -1)) {
      int characters = line.codePointCount(0, line.length());
      all += characters;
      again += line.isBlank() || seen.add(line) ? 0 : characters;
    }
    return all == 0 ? 0 : (double) again / all;
  }

  /// Line ends a word; a mark is a word too, as NLTK's cutter has it.
  private static double newLines(Prose prose) {
    String text = prose.text();
    long ends = text.chars().filter(c -> c == '\n').count();
    double words = prose.words() + marks(text);
    return words == 0 ? 0 : ends / words;
  }

  /// Marks that stand at a word's end or beginning.
  private static long marks(String text) {
    long marks = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isLetterOrDigit(c)
          && !Character.isWhitespace(c)
          && !Character.isSurrogate(c)) {
        boolean opens = i == 0 || Character.isWhitespace(text.charAt(i - 1));
        boolean ends = i + 1 == text.length() || Character.isWhitespace(text.charAt(i + 1));
        marks += opens != ends ? 1 : 0;
      }
    }
    return marks;
  }
}
