package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;

/// A text in the making as the Rust library makes one: a stream of characters, each with a count of
/// how it stands to the old characters, which are taken up from left to right.
///
/// A count of 0 or less takes up one old character, and that many more, and comes from where the
/// first of them does. A count above 0 takes up none and comes from where the old character last
/// taken up does, [AlignedText#START] where there is none. So where a character comes from depends
/// on the counts before it, and not on what it was really made of.
final class Changes {
  private static final int NONE = -1;

  private final AlignedText text;
  private final AlignedText.Rewriting rewriting;

  /// What is made where nobody asks for origins.
  private final StringBuilder plain;

  private final boolean tracked;

  /// The character last put, whose count may still change.
  private int last = NONE;

  private int lastCount;

  /// The first unit of the old text that is not yet taken up.
  private int at;

  Changes(AlignedText text) {
    this.text = text;
    this.tracked = text.isTracked();
    this.rewriting = text.rewrite();
    this.plain = new StringBuilder(tracked ? 0 : text.length() + 16);
  }

  /// Appends a character.
  void put(int codePoint, int count) {
    if (!tracked) {
      plain.appendCodePoint(codePoint);
      return;
    }
    settle();
    last = codePoint;
    lastCount = count;
  }

  /// Takes old characters out: lowers the count of the character last put, where there is one.
  void remove(int characters) {
    if (last != NONE) {
      lastCount -= characters;
    }
  }

  /// Appends old characters, each taking up one.
  void keep(int from, int to) {
    if (!tracked) {
      plain.append(text.text(), from, to);
      return;
    }
    if (from == to) {
      return;
    }
    settle();
    int end = text.text().offsetByCodePoints(to, -1);
    if (from == at) {
      rewriting.keep(from, end);
      at = end;
    } else {
      for (int i = from, c; i < end; i += Character.charCount(c)) {
        c = text.text().codePointAt(i);
        put(c, 0);
      }
    }
    put(text.text().codePointAt(end), 0);
  }

  /// The new text.
  AlignedText done() {
    settle();
    return tracked ? rewriting.done() : text.untracked(plain.toString());
  }

  private void settle() {
    if (last == NONE) {
      return;
    }
    if (lastCount > 0) {
      rewriting.put(last, at == 0 ? AlignedText.START : at - 1);
    } else {
      // Counts never take up more than there is; if they did, the last character would stand in.
      rewriting.put(last, Math.min(at, text.length() - 1));
      for (int taken = lastCount; taken <= 0 && at < text.length(); taken++) {
        at += Character.charCount(text.text().codePointAt(at));
      }
    }
    last = NONE;
  }
}
