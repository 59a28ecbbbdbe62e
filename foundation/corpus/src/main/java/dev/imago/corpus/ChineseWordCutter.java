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
  private final Segment segment;

  /// A word as it stands in the text.
  ///
  /// @param tag its part of speech: `n`, `v`, `w` for a mark …
  public record Word(String text, String tag) {}

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

  /// The words of a line, without its blanks.
  public List<Word> words(String line) {
    var words = new ArrayList<Word>();
    for (Term term : segment.seg(line)) {
      if (!term.word.isBlank()) {
        words.add(new Word(term.word, String.valueOf(term.nature)));
      }
    }
    return words;
  }

  /// A text in simplified characters.
  static String simplified(String text) {
    return HanLP.convertToSimplifiedChinese(text);
  }

  /// Whether a word is one of HanLP's stop words: function words, marks and digits.
  public static boolean isStopWord(String word) {
    return CoreStopWordDictionary.contains(word);
  }
}
