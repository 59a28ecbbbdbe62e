package dev.imago.metrics;

import java.util.List;
import java.util.regex.Pattern;

/// How [Ter] parts a text into words, as Tercom's `Normalizer` by way of sacreBLEU.
final class TercomTokenizer {
  private static final Pattern BEFORE_POSSESSIVE = Pattern.compile("'s ");
  private static final Pattern IDEOGRAPH = Pattern.compile("([\u4e00-\u9fff\u3400-\u4dbf])");
  private static final Pattern STROKE = Pattern.compile("([\u31c0-\u31ef\u2e80-\u2eff])");
  private static final Pattern COMPATIBLE =
      Pattern.compile("([\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f])");

  /// sacreBLEU has U+3200 … U+3F22, where the block ends at U+32FF; so have we.
  private static final Pattern ENCLOSED = Pattern.compile("([\u3200-\u3f22])");

  private static final Pattern ASIAN_SIGN =
      Pattern.compile("([\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb])");
  private static final Pattern WIDE_SIGN =
      Pattern.compile("([\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09])");
  private static final Pattern SIGN = Pattern.compile("[.,?:;!\"()]");

  private TercomTokenizer() {}

  static List<String> words(String text, Ter ter) {
    String line = WhiteSpace.stripTrailing(text);
    if (!ter.caseSensitive()) {
      line = LowerCase.of(line);
    }
    if (ter.normalized()) {
      line = normalized(line);
      if (ter.asian()) {
        // Its rules for kana need a line that begins with them, and every line begins with a blank
        // here: they change nothing, in sacreBLEU neither.
        for (Pattern apart :
            List.of(IDEOGRAPH, STROKE, COMPATIBLE, ENCLOSED, ASIAN_SIGN, WIDE_SIGN)) {
          line = apart.matcher(line).replaceAll(" $1 ");
        }
      }
    }
    if (ter.withoutPunctuation()) {
      line = SIGN.matcher(line).replaceAll("");
      if (ter.asian()) {
        line = ASIAN_SIGN.matcher(line).replaceAll("");
        line = WIDE_SIGN.matcher(line).replaceAll("");
      }
    }
    return WhiteSpace.split(line);
  }

  private static String normalized(String line) {
    String plain =
        line.replace("\n-", "")
            .replace("\n", " ")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    String signs = BleuTokenizer.signsApart(" " + plain + " ");
    return BleuTokenizer.pointsApart(BEFORE_POSSESSIVE.matcher(signs).replaceAll(" 's "));
  }
}
