package dev.imago.regex;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the extended grapheme clusters of a text end, as Oniguruma 6.9 has them: UAX 29 without
/// the rule for Indic conjuncts. Found once for all of a text, so that a cluster is the same
/// wherever a match starts.
final class Clusters {
  private static final Pattern CLUSTER = Pattern.compile("\\X");

  private final BitSet ends;

  Clusters(String text) {
    ends = new BitSet(text.length() + 1);
    Matcher matcher = CLUSTER.matcher(withoutUnassigned(text));
    while (matcher.find()) {
      conjuncts(text, matcher.start(), matcher.end());
      ends.set(matcher.end());
    }
  }

  /// The end of the cluster that holds the character at a place.
  int end(int at) {
    return ends.nextSetBit(at + 1);
  }

  /// Parts the letters of an Indic conjunct: the JDK keeps them together since Unicode 15.1 (GB9c),
  /// Oniguruma does not.
  private void conjuncts(String text, int from, int to) {
    int before = from;
    for (int at = text.offsetByCodePoints(from, 1); at < to; at = text.offsetByCodePoints(at, 1)) {
      int c = text.codePointAt(at);
      int last = text.codePointAt(before);
      boolean letter = Character.getType(c) == Character.OTHER_LETTER && c != 0xe33 && c != 0xeb3;
      if (letter
          && switch (Character.getType(last)) {
            case Character.NON_SPACING_MARK,
                Character.COMBINING_SPACING_MARK,
                Character.ENCLOSING_MARK ->
                true;
            default -> last == 0x200d;
          }) {
        ends.set(at);
      }
      before = at;
    }
  }

  /// The text with letters or pictographs for unassigned characters, which the JDK parts from marks
  /// that follow, unless they are controls, assigned or not; and with letters for two vowels of
  /// Ahom, which the JDK takes for spacing marks and UAX 29 names as none.
  private static String withoutUnassigned(String text) {
    var out = new StringBuilder(text);
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      int c = text.codePointAt(i);
      boolean control = c == 0x2065 || c >= 0xfff0 && c <= 0xfff8 || c >= 0xe0000 && c <= 0xe0fff;
      boolean ahom = c == 0x11720 || c == 0x11721;
      if (ahom || !control && Character.getType(c) == Character.UNASSIGNED) {
        String stand = c <= 0xffff ? "a" : Character.isExtendedPictographic(c) ? "😀" : "𐀀";
        out.replace(i, text.offsetByCodePoints(i, 1), stand);
      }
    }
    return out.toString();
  }
}
