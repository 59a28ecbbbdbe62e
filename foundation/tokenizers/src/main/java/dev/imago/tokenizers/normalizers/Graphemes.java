package dev.imago.tokenizers.normalizers;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where what a reader takes for one character ends: the extended grapheme clusters of Unicode
/// Standard Annex #29. Thread-safe.
///
/// The JDK knows them but does not tell of its tables, so a character's class is found out by
/// asking the JDK's `\X` what it takes together, a page of 256 characters at a time.
final class Graphemes {
  private static final int PAGE = 256;

  private static final byte PLAIN = 0;
  private static final byte CONTROL = 1;
  private static final byte CR = 2;
  private static final byte LF = 3;
  private static final byte EXTEND = 4;
  private static final byte LINKER = 5;
  private static final byte JOINER = 6;
  private static final byte SPACING_MARK = 7;
  private static final byte PREPEND = 8;
  private static final byte FLAG = 9;
  private static final byte PICTOGRAPH = 10;
  private static final byte CONSONANT = 11;
  private static final byte HANGUL_L = 12;
  private static final byte HANGUL_V = 13;
  private static final byte HANGUL_T = 14;
  private static final byte HANGUL_LV = 15;
  private static final byte HANGUL_LVT = 16;

  /// An [#EXTEND] that keeps a consonant waiting for a linker.
  private static final byte EXTEND_IN_CONJUNCT = 17;

  /// Marks that are younger than the JDK's tables (Unicode 16), spacing ones apart, and characters
  /// that join nothing in the library's (Unicode 17): found by asking the library about all code
  /// points before and after a letter.
  private static final CodePoints LATER_MARKS =
      CodePoints.of(
          "1acf-1add 1ae0-1aeb 10efa-10efb 11b60 11b62-11b64 11b66 1e6e3 1e6e6 1e6ee-1e6ef 1e6f5");

  private static final CodePoints LATER_SPACING_MARKS = CodePoints.of("11b61 11b65 11b67");
  private static final CodePoints LATER_PLAIN = CodePoints.of("11720-11721 11a3a");

  /// Unassigned characters that nobody is to see; the other unassigned ones are plain.
  private static final CodePoints IGNORABLE = CodePoints.of("2065 fff0-fff8 e0000-e0fff");

  private static final Pattern CLUSTER = Pattern.compile("\\X");

  private final byte[] @Nullable [] pages = new byte[(Character.MAX_CODE_POINT + 1) / PAGE][];

  /// Whether a character stands for itself beside any other such.
  boolean isPlain(int codePoint) {
    return switch (of(codePoint)) {
      case PLAIN, CONTROL, LF, PICTOGRAPH, CONSONANT, HANGUL_LV, HANGUL_LVT -> true;
      default -> false;
    };
  }

  /// Where the cluster that starts at a position ends.
  int end(String text, int from) {
    int c = text.codePointAt(from);
    int at = from + Character.charCount(c);
    byte before = of(c);
    boolean pictograph = before == PICTOGRAPH;
    boolean consonant = before == CONSONANT;
    boolean linked = false;
    int flags = before == FLAG ? 1 : 0;
    while (at < text.length()) {
      c = text.codePointAt(at);
      byte next = of(c);
      boolean joins =
          switch (next) {
            case CONTROL, CR -> false;
            case LF -> before == CR;
            case EXTEND, EXTEND_IN_CONJUNCT, LINKER, JOINER, SPACING_MARK -> !isControl(before);
            case HANGUL_L, HANGUL_LV, HANGUL_LVT -> before == HANGUL_L || before == PREPEND;
            case HANGUL_V ->
                before == HANGUL_L
                    || before == HANGUL_V
                    || before == HANGUL_LV
                    || before == PREPEND;
            case HANGUL_T ->
                before == HANGUL_V
                    || before == HANGUL_T
                    || before == HANGUL_LV
                    || before == HANGUL_LVT
                    || before == PREPEND;
            case FLAG -> before == FLAG && flags % 2 == 1 || before == PREPEND;
            case PICTOGRAPH -> before == JOINER && pictograph || before == PREPEND;
            case CONSONANT -> consonant && linked || before == PREPEND;
            default -> before == PREPEND;
          };
      if (!joins) {
        break;
      }
      pictograph =
          next == PICTOGRAPH
              || pictograph
                  && (next == EXTEND
                      || next == EXTEND_IN_CONJUNCT
                      || next == LINKER
                      || next == JOINER && before != JOINER);
      switch (next) {
        case CONSONANT -> {
          consonant = true;
          linked = false;
        }
        case LINKER -> linked = consonant;
        case EXTEND_IN_CONJUNCT, JOINER -> {
          // A consonant still waits.
        }
        default -> consonant = false;
      }
      flags = next == FLAG ? flags + 1 : 0;
      before = next;
      at += Character.charCount(c);
    }
    return at;
  }

  private static boolean isControl(byte graphemeClass) {
    return graphemeClass == CONTROL || graphemeClass == CR || graphemeClass == LF;
  }

  private byte of(int codePoint) {
    byte[] page = pages[codePoint / PAGE];
    if (page == null) {
      page = new byte[PAGE];
      for (int i = 0; i < PAGE; i++) {
        page[i] = ask(codePoint / PAGE * PAGE + i);
      }
      pages[codePoint / PAGE] = page;
    }
    return page[codePoint % PAGE];
  }

  /// Finds a character's class out. Most are told by their general category alone; the JDK is asked
  /// about the rest.
  private static byte ask(int c) {
    if (c == '\r' || c == '\n') {
      return c == '\r' ? CR : LF;
    }
    if (0xac00 <= c && c <= 0xd7a3) {
      return (c - 0xac00) % 28 == 0 ? HANGUL_LV : HANGUL_LVT;
    }
    if (0x1f1e6 <= c && c <= 0x1f1ff) {
      return FLAG;
    }
    if (LATER_MARKS.contains(c)) {
      return EXTEND_IN_CONJUNCT;
    }
    if (LATER_SPACING_MARKS.contains(c)) {
      return SPACING_MARK;
    }
    if (LATER_PLAIN.contains(c)) {
      return PLAIN;
    }
    byte plain = Character.isExtendedPictographic(c) ? PICTOGRAPH : PLAIN;
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> CONTROL;
      case Character.UNASSIGNED -> IGNORABLE.contains(c) ? CONTROL : plain;
      case Character.FORMAT -> c == 0x200d ? JOINER : askOfFormat(Character.toString(c));
      case Character.OTHER_LETTER ->
          0x3400 <= c && c < 0xa000 || 0x20000 <= c ? PLAIN : askOfLetter(Character.toString(c));
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL -> {
        String it = Character.toString(c);
        yield isOne("a" + it) ? askOfMark(it) : plain;
      }
      default -> plain;
    };
  }

  private static byte askOfMark(String it) {
    if (isOne("\u0915" + it + "\u0915")) {
      return LINKER;
    }
    if (isOne("\u0915" + it + "\u094d\u0915")) {
      return EXTEND_IN_CONJUNCT;
    }
    return isOne("\u00a9" + it + "\u200d\u00a9") ? EXTEND : SPACING_MARK;
  }

  private static byte askOfFormat(String it) {
    return isOne("a" + it) ? askOfMark(it) : isOne(it + "a") ? PREPEND : CONTROL;
  }

  private static byte askOfLetter(String it) {
    if (isOne("a" + it)) {
      return askOfMark(it);
    }
    if (isOne(it + "a")) {
      return PREPEND;
    }
    if (isOne(it + "\u1161")) {
      return isOne(it + "\u11a8") ? HANGUL_V : HANGUL_L;
    }
    if (isOne(it + "\u11a8")) {
      return HANGUL_T;
    }
    return isOne(it + "\u094d\u0915") ? CONSONANT : PLAIN;
  }

  private static boolean isOne(String text) {
    return CLUSTER.matcher(text).matches();
  }
}
