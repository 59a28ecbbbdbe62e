package dev.imago.metrics;

import java.util.ArrayList;
import java.util.List;

/// An answer as the script of CMRC 2018 compares it.
///
/// Its English words are NLTK's, of the whole stretch as one sentence: the script asks NLTK for
/// sentences first, which only tells where a point within an answer ends one.
final class CmrcAnswer {
  /// The script's list has «……», too, which no single character is: «…» stays.
  private static final String SIGNS = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』";

  private CmrcAnswer() {}

  /// Without the signs.
  static String plain(String answer) {
    var plain = new StringBuilder();
    lower(answer).codePoints().filter(c -> SIGNS.indexOf(c) < 0).forEach(plain::appendCodePoint);
    return plain.toString();
  }

  /// Each Chinese character, and the words between them.
  static List<String> words(String answer) {
    var words = new ArrayList<String>();
    var other = new StringBuilder();
    plain(answer)
        .codePoints()
        .forEach(
            c -> {
              if (c >= 0x4e00 && c <= 0x9fa5) {
                words.addAll(TreebankWords.of(other.toString()));
                other.setLength(0);
                words.add(Character.toString(c));
              } else {
                other.appendCodePoint(c);
              }
            });
    words.addAll(TreebankWords.of(other.toString()));
    return words;
  }

  private static String lower(String answer) {
    return WhiteSpace.strip(LowerCase.of(answer));
  }
}
