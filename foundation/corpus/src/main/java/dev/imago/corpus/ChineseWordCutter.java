package dev.imago.corpus;

import com.hankcs.hanlp.HanLP;
import com.hankcs.hanlp.dictionary.stopword.CoreStopWordDictionary;
import com.hankcs.hanlp.seg.Segment;
import com.hankcs.hanlp.seg.common.Term;
import dev.imago.core.EnvironmentException;
import java.util.ArrayList;
import java.util.List;

/// Cuts Chinese into words by HanLP: the shortest path over its core dictionary's bigrams, without
/// names and user words; with their parts of speech by its hidden Markov model, in the tags of the
/// People's Daily corpus. Asked by any number of threads.
public final class ChineseWordCutter {
  private static final int PIECE_CHARS = 10_000;

  private final Segment segment;

  /// A word as it stands in the text.
  ///
  /// @param tag its part of speech: `n`, `v`, `w` for a mark …
  /// @param simplified the same in simplified characters, where it was cut as they are
  public record Word(String text, String tag, String simplified) {
    /// Of a word that has one way to be written.
    public Word(String text, String tag) {
      this(text, tag, text);
    }
  }

  /// @throws EnvironmentException where HanLP is missing
  public ChineseWordCutter() {
    try {
      segment =
          HanLP.newSegment().enableAllNamedEntityRecognize(false).enableCustomDictionary(false);
    } catch (NoClassDefFoundError e) { // HanLP is an optional dependency, for its size
      throw new EnvironmentException(
          "words of Chinese need HanLP, which is not on the class path; add"
              + " com.hankcs:hanlp:portable-1.8.6",
          e);
    }
  }

  /// The words of a line, without its blanks; of a long one piece by piece, since HanLP keeps
  /// several objects of each character.
  public List<Word> words(String line) {
    var words = new ArrayList<Word>();
    for (int from = 0; from < line.length(); ) {
      int to = end(line, from);
      for (Term term : segment.seg(line.substring(from, to))) {
        if (!term.word.isBlank()) {
          words.add(new Word(term.word, String.valueOf(term.nature)));
        }
      }
      from = to;
    }
    return words;
  }

  /// Where a piece ends that begins here: behind its last mark or blank, where it has one.
  private static int end(String line, int from) {
    int most = from + PIECE_CHARS;
    if (most >= line.length()) {
      return line.length();
    }
    for (int at = most; at > from + 1; at--) {
      char last = line.charAt(at - 1);
      if (!Character.isLetterOrDigit(last) && !Character.isSurrogate(last)) {
        return at;
      }
    }
    return Character.isLowSurrogate(line.charAt(most)) ? most - 1 : most;
  }

  /// The words of a line as it is written, without its blanks: traditional characters are cut where
  /// the simplified ones are, which the dictionary has.
  public List<Word> asWritten(String line) {
    String simplified = simplified(line);
    if (simplified.equals(line)) {
      return words(line);
    }
    if (simplified.length() != line.length()) {
      return words(line).stream()
          .map(word -> new Word(word.text(), word.tag(), simplified(word.text())))
          .toList();
    }
    var words = new ArrayList<Word>();
    int at = 0;
    for (Word word : words(simplified)) {
      at = simplified.indexOf(word.text(), at);
      String written = line.substring(at, at + word.text().length());
      words.add(new Word(written, word.tag(), word.text()));
      at += word.text().length();
    }
    return words;
  }

  /// A text in simplified characters.
  public static String simplified(String text) {
    return HanLP.convertToSimplifiedChinese(text);
  }

  /// Whether a word is one of HanLP's stop words: function words, marks and digits.
  public static boolean isStopWord(String word) {
    return CoreStopWordDictionary.contains(word);
  }
}
