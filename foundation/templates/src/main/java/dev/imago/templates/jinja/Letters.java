package dev.imago.templates.jinja;

import java.util.Locale;

/// Cases and kinds of letters and digits, as Python's strings know them.
final class Letters {
  /// Digits that are not decimal, from and to: Unicode's Numeric_Type=Digit, which the JDK lacks.
  private static final int[] DIGITS = {
    0xb2, 0xb3, 0xb9, 0xb9, 0x1369, 0x1371, 0x19da, 0x19da, 0x2070, 0x2070, 0x2074, 0x2079, 0x2080,
    0x2089, 0x2460, 0x2468, 0x2474, 0x247c, 0x2488, 0x2490, 0x24ea, 0x24ea, 0x24f5, 0x24fd, 0x24ff,
    0x24ff, 0x2776, 0x277e, 0x2780, 0x2788, 0x278a, 0x2792, 0x10a40, 0x10a43, 0x10e60, 0x10e68,
    0x11052, 0x1105a, 0x1f100, 0x1f10a
  };

  /// Letters that are numbers, too.
  private static final String CHINESE_NUMBERS =
      "㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零";

  private Letters() {}

  static String upper(String s) {
    Budget.make(s.length());
    return s.toUpperCase(Locale.ROOT);
  }

  static String lower(String s) {
    Budget.make(s.length());
    return s.toLowerCase(Locale.ROOT);
  }

  /// Unicode's full case folding, as near as the JDK's tables come: `ß` is `ss`.
  static String casefold(String s) {
    return lower(upper(lower(s).replace("ß", "ss"))).replace('ς', 'σ');
  }

  private static String titleOf(int c) {
    int title = Character.toTitleCase(c);
    String character = Character.toString(c);
    if (title != c) {
      return Character.toString(title);
    }
    String upper = character.toUpperCase(Locale.ROOT);
    int first = upper.codePointCount(0, upper.length()) > 1 ? upper.offsetByCodePoints(0, 1) : 0;
    return first == 0
        ? character
        : upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
  }

  static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    Budget.make(s.length());
    int end = s.offsetByCodePoints(0, 1);
    // Lowered with the first letter before it, which a final sigma looks at.
    String lower = s.toLowerCase(Locale.ROOT);
    String first = s.substring(0, end).toLowerCase(Locale.ROOT);
    return titleOf(s.codePointAt(0))
        + (lower.startsWith(first) ? lower.substring(first.length()) : lower.substring(end));
  }

  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  static String title(String s) {
    Budget.make(s.length());
    var out = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      out.append(inWord ? Character.toString(c).toLowerCase(Locale.ROOT) : titleOf(c));
      inWord = isCased(c);
    }
    return out.toString();
  }

  static String swapcase(String s) {
    Budget.make(s.length());
    var out = new StringBuilder();
    s.codePoints()
        .forEach(
            c -> {
              String character = Character.toString(c);
              out.append(
                  Character.isUpperCase(c)
                      ? character.toLowerCase(Locale.ROOT)
                      : Character.isLowerCase(c) ? character.toUpperCase(Locale.ROOT) : character);
            });
    return out.toString();
  }

  static boolean isLower(String s) {
    Budget.read(s.length());
    return s.codePoints().anyMatch(Character::isLowerCase)
        && s.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }

  static boolean isUpper(String s) {
    Budget.read(s.length());
    return s.codePoints().anyMatch(Character::isUpperCase)
        && s.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  static boolean isTitle(String s) {
    Budget.read(s.length());
    boolean any = false;
    boolean inWord = false;
    for (int c : s.codePoints().toArray()) {
      boolean starts = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (starts && inWord || Character.isLowerCase(c) && !inWord) {
        return false;
      }
      any |= isCased(c);
      inWord = isCased(c);
    }
    return any;
  }

  static boolean isAlphabetic(int c) {
    return Character.isLetter(c);
  }

  static boolean isDigit(int c) {
    if (Character.isDigit(c)) {
      return true;
    }
    for (int i = 0; i < DIGITS.length; i += 2) {
      if (c >= DIGITS[i] && c <= DIGITS[i + 1]) {
        return true;
      }
    }
    return false;
  }

  static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER
        || CHINESE_NUMBERS.indexOf(c) >= 0;
  }
}
