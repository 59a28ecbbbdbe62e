package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.text.Normalizer.Form;
import org.jspecify.annotations.Nullable;

/// A normalization form of Unicode Standard Annex #15, with the tables of Unicode 9, as the Rust
/// library has it: what came later is a character like any. Thread-safe.
///
/// Text is cut into stretches that do not bear on each other, and most of it needs no more than a
/// look; what does goes through a [Recomposer].
final class UnicodeForm {
  /// Which form; named as `tokenizer.json` names it.
  enum Kind {
    NFC(Form.NFD, true),
    NFD(Form.NFD, false),
    NFKC(Form.NFKD, true),
    NFKD(Form.NFKD, false);

    private final Form decomposition;
    private final boolean composes;

    Kind(Form decomposition, boolean composes) {
      this.decomposition = decomposition;
      this.composes = composes;
    }
  }

  /// Characters that fall into parts by the JDK's tables and not by that library's: found by asking
  /// it about all code points.
  static final CodePoints LATER =
      CodePoints.of(
          """
          32ff a7f2-a7f4 ab69 105c9 105e4 10781-10785 10787-107b0 107b2-107ba 11383 11385 1138e
          11391 113c5 113c7-113c8 11938 16121-16128 16d68-16d6a 1ccd6-1ccf9 1e030-1e06d 1f16c
          1fbf0-1fbf9
          """);

  private static final int PAGE = 256;

  /// @param parts what each character falls into, itself where it is whole
  /// @param classes combining class of each
  /// @param inert whether each stays as it is and has no bearing on what stands before it
  private record Page(String[] parts, byte[] classes, boolean[] inert) {}

  private final Kind kind;
  private final CombiningClasses classes = new CombiningClasses();
  private final @Nullable Compositions compositions;
  private final @Nullable Page[] pages = new @Nullable Page[(Character.MAX_CODE_POINT + 1) / PAGE];

  /// Every character below it is inert.
  private final int plainTo;

  UnicodeForm(Kind kind) {
    this.kind = kind;
    this.compositions = kind.composes ? new Compositions() : null;
    int c = 0;
    while (isInert(c)) {
      c++;
    }
    this.plainTo = c;
  }

  Kind kind() {
    return kind;
  }

  /// How characters go together again, or null where they do not.
  @Nullable Compositions compositions() {
    return compositions;
  }

  /// What a character falls into.
  String decomposed(int codePoint) {
    return page(codePoint).parts[codePoint % PAGE];
  }

  /// A character's place among marks; 0 for what stays where it is.
  int combiningClass(int codePoint) {
    return page(codePoint).classes[codePoint % PAGE] & 0xff;
  }

  /// The text in this form; the same object where it clearly is already.
  AlignedText apply(AlignedText text) {
    String old = text.text();
    int at = inertTo(old, 0);
    if (at == old.length()) {
      return text;
    }
    var changes = new Changes(text);
    var recomposer = new Recomposer(this, changes);
    int kept = 0;
    while (at < old.length()) {
      // What stands before may take up what comes.
      int from = kind.composes && at > kept ? old.offsetByCodePoints(at, -1) : at;
      changes.keep(kept, from);
      int to = at;
      while (to < old.length() && !isInert(old.codePointAt(to))) {
        to += Character.charCount(old.codePointAt(to));
      }
      recomposer.normalize(old, from, to);
      kept = to;
      at = inertTo(old, to);
    }
    changes.keep(kept, old.length());
    return changes.done();
  }

  private int inertTo(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char unit = text.charAt(at);
      if (unit < plainTo) {
        at++;
      } else if (Character.isSurrogate(unit)) {
        int c = text.codePointAt(at);
        if (!isInert(c)) {
          break;
        }
        at += Character.charCount(c);
      } else if (isInert(unit)) {
        at++;
      } else {
        break;
      }
    }
    return at;
  }

  private boolean isInert(int codePoint) {
    return page(codePoint).inert[codePoint % PAGE];
  }

  private Page page(int codePoint) {
    Page page = pages[codePoint / PAGE];
    return page == null ? load(codePoint / PAGE) : page;
  }

  private Page load(int index) {
    var page = new Page(new String[PAGE], new byte[PAGE], new boolean[PAGE]);
    for (int i = 0; i < PAGE; i++) {
      int c = index * PAGE + i;
      String whole = Character.toString(c);
      String parts =
          LATER.contains(c) ? whole : java.text.Normalizer.normalize(whole, kind.decomposition);
      page.parts[i] = parts;
      page.classes[i] = (byte) classes.of(c);
      int first = parts.codePointAt(0);
      page.inert[i] =
          classes.of(first) == 0
              && (compositions == null
                  ? parts.equals(whole)
                  : !compositions.isSecond(first) && composesTo(c, parts));
    }
    pages[index] = page;
    return page;
  }

  /// Whether the parts of a character go together to make it up again.
  private boolean composesTo(int c, String parts) {
    int made = parts.codePointAt(0);
    for (int i = Character.charCount(made), part; i < parts.length(); ) {
      part = parts.codePointAt(i);
      made = compositions == null ? Compositions.NONE : compositions.of(made, part);
      i += Character.charCount(part);
    }
    return made == c;
  }
}
