package dev.imago.text;

import java.util.Random;

/// Strings that are hard on a tokenizer: all planes of Unicode, contractions, runs of blanks,
/// joiners, lone marks, controls, spellings of special tokens.
final class RandomText {
  private static final String[] PIECES = {
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
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u3000",
    "\u00a0",
    "\u0085",
    "\u2028",
    "a",
    "B",
    "é",
    "e\u0301",
    "漢",
    "字",
    "1",
    "23",
    "Ⅷ",
    "٣",
    "½",
    "𝒜",
    "😀",
    "👨‍👩‍👧",
    "_",
    "-",
    "//",
    "/**",
    "{",
    "}",
    ";",
    "\u200d",
    "\u0301",
    "\u1c89",
    "\ud7a3",
    "Ａ",
    "\0",
    "\u007f",
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|",
    "|>",
    "public",
    " static"
  };

  private final Random random;

  RandomText(long seed) {
    random = new Random(seed);
  }

  String next() {
    int length = random.nextInt(30);
    boolean anyCharacter = random.nextInt(4) == 0;
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      if (!anyCharacter) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
        continue;
      }
      int c = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        text.appendCodePoint(c);
      }
    }
    return text.toString();
  }
}
