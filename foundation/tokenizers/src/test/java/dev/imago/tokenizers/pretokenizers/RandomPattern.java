package dev.imago.tokenizers.pretokenizers;

import java.util.List;
import java.util.Random;

/// Patterns made by a grammar, and texts that they may match.
final class RandomPattern {
  private static final List<String> ATOMS =
      List.of(
          "a",
          "b",
          "A",
          "1",
          " ",
          "\\s",
          "\\S",
          "\\w",
          "\\W",
          "\\d",
          "\\D",
          "\\h",
          "\\p{L}",
          "\\p{N}",
          "\\p{Lu}",
          "\\p{Ll}",
          "\\p{M}",
          "\\P{L}",
          "\\p{^N}",
          ".",
          "[ab]",
          "[^ab]",
          "[a-c1-3]",
          "[^\\s\\p{L}\\p{N}]",
          "[\\r\\n]",
          "[^\\r\\n\\p{L}\\p{N}]",
          "[a-z&&[^b]]",
          "[[:alpha:]]",
          "[[:punct:]]",
          "[^[:space:]]",
          "\\n",
          "\\r",
          "'",
          "s",
          "S",
          "ſ",
          "k",
          "K",
          "ß",
          "ﬀ",
          "f",
          "é",
          "漢",
          "\\p{Han}",
          "\\p{Latin}",
          "\\N",
          "\\O",
          "İ",
          "i",
          "ı",
          "σ",
          "[ß]",
          "[fs]",
          "\\u00e9",
          "\\R",
          "\\X");
  private static final List<String> TEXTS =
      List.of(
          "a",
          "b",
          "A",
          "B",
          "1",
          "2",
          "²",
          " ",
          "  ",
          "\n",
          "\r\n",
          "\t",
          "'",
          "s",
          "S",
          "ſ",
          "ss",
          "k",
          "K",
          "\u212a",
          "ß",
          "ẞ",
          "ﬀ",
          "ff",
          "ﬃ",
          "é",
          "e\u0301",
          "漢",
          "字",
          "_",
          "-",
          ".",
          "😀",
          "👨‍👩‍👧",
          "İ",
          "i",
          "ı",
          "σ",
          "ς",
          "Σ",
          "\u3000",
          "c",
          "d",
          "ab",
          "ba");
  private static final List<String> PLACES =
      List.of("^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "\\K");
  private static final List<String> QUANTIFIERS =
      List.of(
          "*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,3}", "{,2}", "{2,}",
          "{1,2}?", "{3,1}", "{2}+", "{1,2}+", "{0,3}");

  private final Random random;

  RandomPattern(long seed) {
    random = new Random(seed);
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  String text() {
    var text = new StringBuilder();
    for (int i = random.nextInt(14); i >= 0; i--) {
      text.append(one(TEXTS));
    }
    return text.toString();
  }

  String next() {
    var pattern = new StringBuilder(node(3));
    for (int i = random.nextInt(3); i > 0; i--) {
      pattern.append('|').append(node(3));
    }
    return pattern.toString();
  }

  private String node(int depth) {
    int kind = random.nextInt(100);
    if (depth == 0 || kind < 35) {
      return one(ATOMS);
    }
    if (kind < 55) {
      return node(depth - 1) + node(depth - 1);
    }
    if (kind < 65) {
      return "(?:" + node(depth - 1) + "|" + node(depth - 1) + ")";
    }
    if (kind < 70) {
      return "(" + node(depth - 1) + ")";
    }
    if (kind < 74) {
      return "(?>" + node(depth - 1) + ")";
    }
    if (kind < 78) {
      return (random.nextBoolean() ? "(?=" : "(?!") + node(depth - 1) + ")";
    }
    if (kind < 80) {
      // Not \R and \X, which come last.
      return (random.nextBoolean() ? "(?<=" : "(?<!")
          + ATOMS.get(random.nextInt(ATOMS.size() - 2))
          + ")";
    }
    if (kind < 83) {
      return "(?i:" + node(depth - 1) + ")";
    }
    if (kind == 83) {
      return one(PLACES) + node(depth - 1);
    }
    String body = node(depth - 1);
    return (random.nextInt(10) < 7 ? "(?:" + body + ")" : body) + one(QUANTIFIERS);
  }
}
