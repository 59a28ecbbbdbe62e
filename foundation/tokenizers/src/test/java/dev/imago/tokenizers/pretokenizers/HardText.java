package dev.imago.tokenizers.pretokenizers;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Strings that are hard on a pre-tokenizer: all planes of Unicode, emoji with joiners, lone marks,
/// controls, long runs, scripts and blanks of every kind side by side.
final class HardText {
  private static final List<String> PIECES =
      List.of(
          "'s",
          "'S",
          "'ſ",
          "'re",
          "'LL",
          "'Ve",
          "'d",
          "'",
          " ",
          "  ",
          "   ",
          "\n",
          "\n\n",
          "\r\n",
          "\r",
          "\t",
          "\u3000",
          "\u00a0",
          "\u0085",
          "\u2028",
          "\u200b",
          "a",
          "b",
          "Z",
          "Word",
          "é",
          "e\u0301",
          "漢",
          "字",
          "ひらがな",
          "カタカナー",
          "한국어",
          "Ελλάδα",
          "Привет",
          "עברית",
          "عربي",
          "ไทย",
          "हिन्दी",
          "1",
          "23",
          "4567",
          "Ⅷ",
          "٣",
          "½",
          "²",
          "𝒜",
          "😀",
          "👨‍👩‍👧",
          "🇩🇪",
          "❤️",
          "_",
          "-",
          "--",
          "//",
          ".",
          "...",
          ",",
          "!?",
          "(",
          ")",
          "{",
          "}",
          "$",
          "+",
          "=",
          "^",
          "`",
          "|",
          "~",
          "。",
          "、",
          "「",
          "…",
          "€",
          "▁",
          "Ġ",
          "\u200d",
          "\u0301",
          "\u1c89",
          "\ud7a3",
          "Ａ",
          "ß",
          "İ",
          "\0",
          "\u007f",
          "\u00ad",
          "<|endoftext|>",
          "public static",
          "x = 3.14e-10;");

  private HardText() {}

  /// Strings made of such pieces, of characters of any plane, and of long runs.
  static List<String> random(long seed, int count) {
    var random = new Random(seed);
    return Stream.generate(() -> next(random)).limit(count).toList();
  }

  private static String next(Random random) {
    int length = random.nextInt(16);
    int kind = random.nextInt(5);
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      if (kind == 0) {
        int c = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
        if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
          text.appendCodePoint(c);
        }
      } else {
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        text.append(kind == 1 ? piece.repeat(1 + random.nextInt(20)) : piece);
      }
    }
    return text.toString();
  }

  /// Code points alone and between letters, digits and blanks, many in a string; of those that are
  /// like their neighbours in script and category, each 64th.
  ///
  /// @param step of all code points, each how many-th
  static List<String> codePoints(int step) {
    var texts = new ArrayList<String>();
    var text = new StringBuilder();
    int inText = 0;
    for (int c = 0; c < 0x110000; c += step) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      if (step < 64 && c % 64 != 0 && isLikeItsNeighbours(c)) {
        continue;
      }
      String one = Character.toString(c);
      text.append(" a").append(one).append("b1").append(one).append("2 ").append(one).append(' ');
      text.append(one).append(one).append("漢").append(one);
      if (++inText == 64) {
        texts.add(text.toString());
        text.setLength(0);
        inText = 0;
      }
    }
    texts.add(text.toString());
    return texts;
  }

  /// One of the many letters of a script without case, or of the unassigned, far from any border.
  private static boolean isLikeItsNeighbours(int c) {
    int type = Character.getType(c);
    return (type == Character.OTHER_LETTER
            || type == Character.UNASSIGNED
            || type == Character.PRIVATE_USE)
        && c > 0
        && c < Character.MAX_CODE_POINT
        && isLike(c, c - 1)
        && isLike(c, c + 1);
  }

  private static boolean isLike(int a, int b) {
    return Character.getType(a) == Character.getType(b)
        && Character.UnicodeScript.of(a) == Character.UnicodeScript.of(b);
  }
}
