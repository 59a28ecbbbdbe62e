package dev.imago.metrics;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What counts as a word of [Rouge]: a name, which stands in signatures, and the words of a text.
///
/// @param name such as `characters`
/// @param of the words of a text, in their order
public record RougeWords(String name, Function<String, List<String>> of) {
  /// `rouge_score`'s own: lower-case runs of a … z and 0 … 9. Chinese has none, and scores 0.
  public static final RougeWords ROUGE_SCORE = new RougeWords("rouge_score", RougeWords::ascii);

  /// Lower-case runs of letters, digits and the marks on them, in any script; of the scripts that
  /// put no blanks between words (Chinese, Japanese, Thai …) every character is one. Of ASCII text
  /// the same as [#ROUGE_SCORE].
  public static final RougeWords CHARACTERS = new RougeWords("characters", RougeWords::characters);

  /// What stands between white space, lower-case: of texts whose words were parted before, as by a
  /// segmenter of Chinese.
  public static final RougeWords SPACED =
      new RougeWords("spaced", text -> WhiteSpace.split(LowerCase.of(text)));

  private static List<String> ascii(String text) {
    String lower = LowerCase.of(text);
    var words = new ArrayList<String>();
    int from = -1;
    for (int i = 0; i <= lower.length(); i++) {
      char c = i < lower.length() ? lower.charAt(i) : ' ';
      boolean is = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (is && from < 0) {
        from = i;
      } else if (!is && from >= 0) {
        words.add(lower.substring(from, i));
        from = -1;
      }
    }
    return words;
  }

  private static List<String> characters(String text) {
    int[] points = LowerCase.of(text).codePoints().toArray();
    var words = new ArrayList<String>();
    for (int i = 0; i < points.length; ) {
      if (!Character.isLetterOrDigit(points[i])) {
        i++;
        continue;
      }
      int end = i + 1;
      boolean alone = withoutBlanks(points[i]);
      while (end < points.length
          && (isMark(points[end])
              || !alone && Character.isLetterOrDigit(points[end]) && !withoutBlanks(points[end]))) {
        end++;
      }
      words.add(new String(points, i, end - i));
      i = end;
    }
    return words;
  }

  /// Whether a word is a single character of a script without blanks.
  public static boolean isCharacter(String word) {
    return withoutBlanks(word.codePointAt(0));
  }

  private static boolean withoutBlanks(int point) {
    return point > 0x0dff // the first of them, Thai, begins at 0E00
        && switch (UnicodeScript.of(point)) {
          case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR, TIBETAN -> true;
          default -> false;
        };
  }

  private static boolean isMark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }
}
