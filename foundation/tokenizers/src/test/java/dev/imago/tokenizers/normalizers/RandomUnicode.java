package dev.imago.tokenizers.normalizers;

import java.util.Random;

/// Strings that are hard on a normalizer: marks in every order, composites and their parts, jamo,
/// joiners, ligatures, blanks and controls of every sort, and any character at all.
final class RandomUnicode {
  private static final String[] PIECES =
      ("'s| |  |\n"
              + "|\r\n"
              + "|\r"
              + "|\t|\u3000|\u00a0|\u0085|\u2028|a|B|é|e\u0301|漢|字|1|½|𝒜|😀|👨‍👩‍👧|🇩🇪🇫|_|"
              + "\u200d|\u200c|\u0301|가|\u1100\u1161\u11a8|\u1100|\u1161|\u11a8|각\u11a8|Ａ|\0|\u007f|ﬁ|ﬃ"
              + "|İ|ß|Σ|\u0344|\u0f73|\u0f71|\ufdfa|①|™|ｶﾞ|か\u3099|क\u094dषि|ग\u0301|ﷺ|©\ufe0f|©\u200d©"
              + "|\u0600|\u06dd1|\u302f|\ud834\udd5e|\u1e9b\u0323|\ufeff|\u2581|\ufffd|豈|\ud87e\udc00|ำ"
              + "|\ud83c\udffb|\u0e33|\u00ad|xX|ậ|ǭ|\u0323\u0302|\u09c7\u09be|\u0b47\u0b56")
          .split("\\|");

  private final Random random;

  RandomUnicode(long seed) {
    random = new Random(seed);
  }

  String next() {
    var text = new StringBuilder();
    switch (random.nextInt(5)) {
      case 0 -> pieces(text, 13);
      case 1 -> {
        for (int i = random.nextInt(14); i > 0; i--) {
          text.appendCodePoint(any());
        }
      }
      case 2 -> {
        for (int i = random.nextInt(14); i > 0; i--) {
          text.appendCodePoint(random.nextInt(3) == 0 ? any() : mark());
        }
      }
      case 3 -> {
        text.append(random.nextBoolean() ? "a" : "");
        for (int i = random.nextInt(20) == 0 ? 90 : random.nextInt(9); i > 0; i--) {
          text.appendCodePoint(mark());
        }
        pieces(text, 3);
      }
      default -> {
        for (int i = random.nextInt(10); i > 0; i--) {
          pieces(text, 1);
          text.appendCodePoint(random.nextBoolean() ? mark() : any());
        }
      }
    }
    return text.toString();
  }

  private void pieces(StringBuilder text, int most) {
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
  }

  private int any() {
    while (true) {
      int bits = new int[] {7, 11, 13, 16, 17, 21}[random.nextInt(6)];
      int c = random.nextInt(1 << bits);
      if (c <= Character.MAX_CODE_POINT && (c < 0xd800 || 0xdfff < c)) {
        return c;
      }
    }
  }

  private int mark() {
    while (true) {
      int c = random.nextInt(random.nextInt(4) == 0 ? 0x1ea00 : 0x3100);
      switch (Character.getType(c)) {
        case Character.NON_SPACING_MARK,
            Character.ENCLOSING_MARK,
            Character.COMBINING_SPACING_MARK -> {
          return c;
        }
        default -> {
          // Another.
        }
      }
    }
  }
}
