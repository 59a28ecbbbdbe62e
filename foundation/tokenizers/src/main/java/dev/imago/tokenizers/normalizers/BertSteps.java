package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import org.jspecify.annotations.Nullable;

/// The steps of a [BertNormalizer], all at once where characters do not bear on each other, and one
/// after the other where they do.
final class BertSteps {
  /// Where the JDK and the Rust library's tables (Unicode 8) do not agree whether a character is a
  /// mark without width: found by asking the library about all code points.
  private static final CodePoints OTHER_MARKS =
      CodePoints.of(
          """
          7fd 897-89f 8ca-8e1 9fe afa-aff b55 c04 c3c d00 d3b-d3c d81 eba ece 1734 180f 1885-1886
          1abf-1ace 1df6-1dfb a82c a8c5 a8ff a9bd 10d24-10d27 10d69-10d6d 10eab-10eac 10efc-10eff
          10f46-10f50 10f82-10f85 11070 11073-11074 110c2 111c9 111cf 1123e 11241 1133b 113bb-113c0
          113ce 113d0 113d2 113e1-113e2 11438-1143f 11442-11444 11446 1145e 1171e 1182f-11837
          11839-1183a 1193b-1193c 1193e 11943 119d4-119d7 119da-119db 119e0 11a01-11a0a 11a33-11a38
          11a3b-11a3e 11a47 11a51-11a56 11a59-11a5b 11a8a-11a96 11a98-11a99 11c30-11c36 11c38-11c3d
          11c3f 11c92-11ca7 11caa-11cb0 11cb2-11cb3 11cb5-11cb6 11d31-11d36 11d3a 11d3c-11d3d
          11d3f-11d45 11d47 11d90-11d91 11d95 11d97 11ef3-11ef4 11f00-11f01 11f36-11f3a 11f40 11f42
          11f5a 13440 13447-13455 1611e-16129 1612d-1612f 16f4f 16fe4 1cf00-1cf2d 1cf30-1cf46
          1e000-1e006 1e008-1e018 1e01b-1e021 1e023-1e024 1e026-1e02a 1e08f 1e130-1e136 1e2ae
          1e2ec-1e2ef 1e4ec-1e4ef 1e5ee-1e5ef 1e944-1e94a
          """);

  /// Format characters of the JDK's that came later than that library's tables.
  private static final CodePoints LATER_FORMATS = CodePoints.of("890-891 8e2 110cd 13430-1343f");

  private static final CodePoints CHINESE =
      CodePoints.of(
          "3400-4dbf 4e00-9fff f900-faff 20000-2a6df 2a700-2b81f 2b920-2ceaf 2f800-2fa1f");

  private final boolean cleanText;
  private final boolean handleChinese;
  private final boolean stripAccents;
  private final boolean lowercase;
  private final UnicodeForm nfd = new UnicodeForm(UnicodeForm.Kind.NFD);

  /// All of the steps at once.
  private final CharacterMap all;

  /// One after the other.
  private final CharacterMap clean;

  private final CharacterMap space;
  private final CharacterMap unmark;
  private final CharacterMap lower;

  BertSteps(boolean cleanText, boolean handleChinese, boolean stripAccents, boolean lowercase) {
    this.cleanText = cleanText;
    this.handleChinese = handleChinese;
    this.stripAccents = stripAccents;
    this.lowercase = lowercase;
    all = new CharacterMap(this::atOnce, c -> stripAccents && isContextual(c));
    clean = new CharacterMap(c -> cleanText ? cleaned(c) : null);
    space = new CharacterMap(c -> handleChinese ? spaced(c) : null);
    unmark = new CharacterMap(c -> isMark(c) ? "" : null);
    lower = new CharacterMap(c -> lowercase ? LowercaseNormalizer.lower(c) : null);
  }

  AlignedText apply(AlignedText text) {
    return all.apply(text, this::inTurn);
  }

  private AlignedText inTurn(AlignedText text) {
    AlignedText now = space.apply(clean.apply(text));
    return lower.apply(stripAccents ? unmark.apply(nfd.apply(now)) : now);
  }

  /// What becomes of a character in all of the steps, or null where it stays.
  private @Nullable String atOnce(int c) {
    String clean = cleanText ? cleaned(c) : null;
    String wide = clean == null && handleChinese ? spaced(c) : clean;
    String old = Character.toString(c);
    var now = new StringBuilder();
    String from = wide == null ? old : wide;
    for (int i = 0, d; i < from.length(); i += Character.charCount(d)) {
      d = from.codePointAt(i);
      if (stripAccents) {
        String parts = nfd.decomposed(d);
        for (int k = 0, part; k < parts.length(); k += Character.charCount(part)) {
          part = parts.codePointAt(k);
          if (!isMark(part)) {
            appendLowered(part, now);
          }
        }
      } else {
        appendLowered(d, now);
      }
    }
    return old.contentEquals(now) ? null : now.toString();
  }

  private void appendLowered(int c, StringBuilder out) {
    String small = lowercase ? LowercaseNormalizer.lower(c) : null;
    if (small == null) {
      out.appendCodePoint(c);
    } else {
      out.append(small);
    }
  }

  /// Whether a character may change its place among others and is still there afterwards.
  private boolean isContextual(int c) {
    String parts = nfd.decomposed(c);
    for (int i = 0, part; i < parts.length(); i += Character.charCount(part)) {
      part = parts.codePointAt(i);
      if (nfd.combiningClass(part) != 0 && !isMark(part)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String cleaned(int c) {
    if (c == '\t' || c == '\n' || c == '\r') {
      return " ";
    }
    boolean goes =
        switch (Character.getType(c)) {
          case Character.CONTROL, Character.PRIVATE_USE -> true;
          case Character.FORMAT -> !LATER_FORMATS.contains(c);
          default -> c == 0xfffd;
        };
    return goes ? "" : c != ' ' && StripNormalizer.isBlank(c) ? " " : null;
  }

  private static @Nullable String spaced(int c) {
    return CHINESE.contains(c) ? " " + Character.toString(c) + " " : null;
  }

  private static boolean isMark(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK != OTHER_MARKS.contains(c);
  }
}
