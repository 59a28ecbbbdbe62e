package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What becomes of each character whatever stands beside it: it stays, becomes others, or goes.
///
/// The rule is asked once for each character, a page of 256 at a time, when text first has one of
/// them. Thread-safe: two threads may both work a page out, to the same end.
final class CharacterMap {
  /// What becomes of a character.
  interface Rule {
    /// The characters in its place, or null where it stays.
    @Nullable String of(int codePoint);
  }

  private static final int PAGE = 256;

  /// Stands in [Page#single] for what is not simply one unit for one unit.
  private static final char OTHER = '\uffff';

  /// @param single of each unit, the one that takes its place, or [#OTHER]
  /// @param all of each code point, what takes its place; null where it stays
  private record Page(char[] single, @Nullable String[] all) {}

  private final Rule rule;
  private final IntPredicate contextual;
  private final @Nullable Page[] pages = new @Nullable Page[(Character.MAX_CODE_POINT + 1) / PAGE];

  CharacterMap(Rule rule) {
    this(rule, c -> false);
  }

  /// @param contextual of which characters the rule cannot say what becomes of them by themselves
  CharacterMap(Rule rule, IntPredicate contextual) {
    this.rule = rule;
    this.contextual = contextual;
  }

  /// What takes a character's place, or null where it stays or is contextual.
  @Nullable String of(int codePoint) {
    return page(codePoint).all[codePoint % PAGE];
  }

  /// The text with every character changed by the rule; the same object where none changes.
  AlignedText apply(AlignedText text) {
    return apply(text, UnaryOperator.identity());
  }

  /// As [#apply(AlignedText)], but by `byContext` where the text has a contextual character.
  AlignedText apply(AlignedText text, UnaryOperator<AlignedText> byContext) {
    String old = text.text();
    int at = 0;
    while (at < old.length()) {
      char unit = old.charAt(at);
      char now = page(unit).single[unit % PAGE];
      if (now == OTHER) {
        int c = old.codePointAt(at);
        if (of(c) != null || contextual.test(c)) {
          break;
        }
        at += Character.charCount(c);
      } else if (now == unit) {
        at++;
      } else {
        break;
      }
    }
    if (at == old.length()) {
      return text;
    }
    AlignedText changed = text.isTracked() ? tracked(text, at) : untracked(text, at);
    return changed == null ? byContext.apply(text) : changed;
  }

  private @Nullable AlignedText tracked(AlignedText text, int at) {
    String old = text.text();
    var rewriting = text.rewrite();
    int kept = 0;
    for (int c; at < old.length(); at += Character.charCount(c)) {
      c = old.codePointAt(at);
      String now = of(c);
      if (now != null) {
        rewriting.keep(kept, at).put(now, at);
        kept = at + Character.charCount(c);
      } else if (contextual.test(c)) {
        return null;
      }
    }
    return rewriting.keep(kept, old.length()).done();
  }

  private @Nullable AlignedText untracked(AlignedText text, int at) {
    String old = text.text();
    int length = old.length();
    char[] out = new char[length + 16];
    old.getChars(0, at, out, 0);
    int size = at;
    while (at < length) {
      char unit = old.charAt(at);
      char now = page(unit).single[unit % PAGE];
      if (now != OTHER) {
        out[size++] = now;
        at++;
        continue;
      }
      int c = old.codePointAt(at);
      int next = at + Character.charCount(c);
      String all = of(c);
      if (all == null) {
        if (contextual.test(c)) {
          return null;
        }
        old.getChars(at, next, out, size);
        size += next - at;
      } else {
        // There is always room for as many units as are still to come.
        if (out.length - size < all.length() + length - next) {
          out = Arrays.copyOf(out, 2 * out.length + all.length());
        }
        all.getChars(0, all.length(), out, size);
        size += all.length();
      }
      at = next;
    }
    return text.untracked(new String(out, 0, size));
  }

  private Page page(int codePoint) {
    Page page = pages[codePoint / PAGE];
    return page == null ? load(codePoint / PAGE) : page;
  }

  private Page load(int index) {
    char[] single = new char[PAGE];
    @Nullable String[] all = new @Nullable String[PAGE];
    for (int i = 0; i < PAGE; i++) {
      int c = index * PAGE + i;
      if (contextual.test(c)) {
        single[i] = OTHER;
        continue;
      }
      String now = rule.of(c);
      all[i] = now;
      boolean simple =
          Character.isBmpCodePoint(c)
              && !Character.isSurrogate((char) c)
              && (now == null || now.length() == 1);
      single[i] = !simple ? OTHER : now == null ? (char) c : now.charAt(0);
    }
    Page page = new Page(single, all);
    pages[index] = page;
    return page;
  }
}
