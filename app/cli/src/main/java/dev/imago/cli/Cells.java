package dev.imago.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many cells of a terminal a text takes: East Asian wide characters and emoji take two, marks
/// that stand on another character none. Unicode Standard Annex 11.
final class Cells {
  /// An extended grapheme cluster: what people take for one character.
  private static final Pattern CHARACTER = Pattern.compile("\\X");

  private static final int EMOJI_STYLE = 0xFE0F;

  private Cells() {}

  static int of(String text) {
    if (plain(text)) {
      return text.length();
    }
    int cells = 0;
    for (Matcher character = CHARACTER.matcher(text); character.find(); ) {
      cells += character(character.group());
    }
    return cells;
  }

  private static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) >= 0x300) {
        return false;
      }
    }
    return true;
  }

  private static int character(String cluster) {
    int first = cluster.codePointAt(0);
    boolean flag = first >= 0x1F1E6 && first <= 0x1F1FF;
    boolean composed = cluster.length() > Character.charCount(first);
    if (composed && (flag || Character.isEmoji(first) && cluster.indexOf(EMOJI_STYLE) >= 0)) {
      return 2;
    }
    if (composed && Character.isEmojiPresentation(first)) {
      return 2; // a face with a colour of skin, a family
    }
    return cluster.codePoints().map(Cells::codePoint).sum();
  }

  private static int codePoint(int c) {
    boolean none =
        switch (Character.getType(c)) {
          case Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.FORMAT,
              Character.CONTROL ->
              true;
          default -> c >= 0x1160 && c <= 0x11FF; // vowels and finals of composed Hangul
        };
    return none ? 0 : wide(c) ? 2 : 1;
  }

  private static boolean wide(int c) {
    if (c < 0x1100) {
      return false;
    }
    return c <= 0x115F // Hangul initials
        || c >= 0x2E80 && c <= 0x303E // radicals, ideographic punctuation
        || c >= 0x3041 && c <= 0xA4CF && c != 0x303F && (c < 0x4DC0 || c > 0x4DFF) // kana … Yi
        || c >= 0xA960 && c <= 0xA97F
        || c >= 0xAC00 && c <= 0xD7A3 // Hangul
        || c >= 0xF900 && c <= 0xFAFF
        || c >= 0xFE10 && c <= 0xFE19
        || c >= 0xFE30 && c <= 0xFE6F
        || c >= 0xFF01 && c <= 0xFF60 // full-width forms
        || c >= 0xFFE0 && c <= 0xFFE6
        || c >= 0x17000 && c <= 0x18DFF // Tangut
        || c >= 0x20000 && c <= 0x3FFFD // rarer ideographs
        || Character.isEmojiPresentation(c);
  }

  /// The lines of a text that are no longer than so many cells, broken at blanks where there are
  /// any.
  static List<String> wrap(String text, int limit) {
    if (of(text) <= limit) {
      return List.of(text);
    }
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    int cells = 0;
    for (String word : text.split("(?<= )")) {
      int length = of(word.stripTrailing());
      if (cells > 0 && cells + length > limit) {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
        cells = 0;
      }
      if (length > limit) {
        for (Matcher character = CHARACTER.matcher(word); character.find(); ) {
          int wide = character(character.group());
          if (cells + wide > limit) {
            lines.add(line.toString());
            line.setLength(0);
            cells = 0;
          }
          line.append(character.group());
          cells += wide;
        }
      } else {
        line.append(word);
        cells += of(word);
      }
    }
    if (!line.isEmpty() || lines.isEmpty()) {
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /// A text cut to so many cells, with «…» where something was cut.
  static String cut(String text, int limit) {
    if (of(text) <= limit) {
      return text;
    }
    var cut = new StringBuilder();
    int cells = 1;
    for (Matcher character = CHARACTER.matcher(text); character.find(); ) {
      cells += character(character.group());
      if (cells > limit) {
        break;
      }
      cut.append(character.group());
    }
    return cut.append('…').toString();
  }
}
