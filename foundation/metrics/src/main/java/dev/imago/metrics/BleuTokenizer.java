package dev.imago.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// How [Bleu] parts a text into words: sacreBLEU's tokenizers that need no model.
public enum BleuTokenizer {
  /// `mteval-v13a`, of WMT: punctuation apart, but not within numbers.
  WMT_13A("13a") {
    @Override
    List<String> words(String text) {
      String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
      if (line.indexOf('&') >= 0) {
        line =
            line.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
      }
      return western(" " + line + " ");
    }
  },
  /// `mteval-v14` international: punctuation and symbols of Unicode apart.
  INTERNATIONAL("intl") {
    @Override
    List<String> words(String text) {
      String line = AFTER_NO_NUMBER.matcher(text).replaceAll("$1 $2 ");
      line = BEFORE_NO_NUMBER.matcher(line).replaceAll(" $1 $2");
      return WhiteSpace.split(SYMBOL.matcher(line).replaceAll(" $1 "));
    }
  },
  /// Every character is a word.
  CHARACTER("char") {
    @Override
    List<String> words(String text) {
      var words = new ArrayList<String>();
      text.codePoints()
          .filter(c -> !WhiteSpace.is(c))
          .forEach(c -> words.add(Character.toString(c)));
      return words;
    }
  },
  /// Every Chinese character is a word; the rest as [#WMT_13A] has it.
  CHINESE("zh") {
    @Override
    List<String> words(String text) {
      var line = new StringBuilder();
      WhiteSpace.strip(text)
          .codePoints()
          .forEach(
              c -> {
                if (isChinese(c)) {
                  line.append(' ').appendCodePoint(c).append(' ');
                } else {
                  line.appendCodePoint(c);
                }
              });
      return western(line.toString());
    }
  },
  /// The text has its words between blanks already.
  NONE("none") {
    @Override
    List<String> words(String text) {
      return WhiteSpace.split(text);
    }
  };

  private static final Pattern AFTER_NO_NUMBER = Pattern.compile("(\\P{N})(\\p{P})");
  private static final Pattern BEFORE_NO_NUMBER = Pattern.compile("(\\p{P})(\\P{N})");
  private static final Pattern SYMBOL = Pattern.compile("(\\p{S})");

  private static final Pattern SIGN = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern POINT_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern POINT_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  private final String key;

  BleuTokenizer(String key) {
    this.key = key;
  }

  /// As signatures spell it.
  public String key() {
    return key;
  }

  /// The words of a text that has no white space at its end.
  abstract List<String> words(String text);

  /// Signs of ASCII apart that are neither points, commas, apostrophes nor dashes.
  static String signsApart(String line) {
    return SIGN.matcher(line).replaceAll(" $1 ");
  }

  /// Points and commas apart that are not between digits, and dashes after digits.
  static String pointsApart(String line) {
    String apart = POINT_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    apart = POINT_BEFORE_NO_DIGIT.matcher(apart).replaceAll(" $1 $2");
    return DASH_AFTER_DIGIT.matcher(apart).replaceAll("$1 $2 ");
  }

  private static List<String> western(String line) {
    return WhiteSpace.split(pointsApart(signsApart(line)));
  }

  /// Whether sacreBLEU's `zh` takes a character for Chinese.
  private static boolean isChinese(int c) {
    // Its Extension B is written \u20000 … \u2a6d6, which Python reads as two characters each: what
    // comes between them in order are U+2001 … U+2A6D, and so it counts those.
    return c >= 0x2001 && c <= 0x2a6d
        || c >= 0x3400 && c <= 0x4db5
        || c >= 0x4e00 && c <= 0x9fbb
        || c >= 0xf900 && c <= 0xfa2d
        || c >= 0xfa30 && c <= 0xfa6a
        || c >= 0xfa70 && c <= 0xfad9
        || c >= 0xff00 && c <= 0xffef
        || c >= 0x2e80 && c <= 0x2fdf
        || c >= 0x2ff0 && c <= 0x303f
        || c >= 0x3100 && c <= 0x312f
        || c >= 0x31a0 && c <= 0x31bf
        || c >= 0x31c0 && c <= 0x31ef
        || c >= 0x3200 && c <= 0x33ff
        || c >= 0xfe10 && c <= 0xfe1f
        || c >= 0xfe30 && c <= 0xfe4f;
  }
}
