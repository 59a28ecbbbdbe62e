package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A [CharsMap] at work. Thread-safe.
///
/// Goes by what a reader takes for one character. One of fewer than six bytes is replaced whole by
/// the shortest key that it starts with, whatever else there is of it; else each of its characters
/// is looked up by itself. So the Rust library does, and not SentencePiece, which takes the longest
/// key at any place.
final class Replacing {
  /// A cluster of this many bytes is looked up character by character.
  private static final int LONG = 6;

  private static final int PAGE = 256;

  private final CharsMap map;
  private final CharacterMap ofCharacter = new CharacterMap(c -> ofText(Character.toString(c)));
  private final Graphemes graphemes = new Graphemes();

  /// Of each character, whether it stays as it is among others of which that is true.
  private final boolean[] @Nullable [] stays = new boolean[(Character.MAX_CODE_POINT + 1) / PAGE][];

  Replacing(CharsMap map) {
    this.map = map;
  }

  AlignedText apply(AlignedText text) {
    String old = text.text();
    int at = stayingTo(old, 0);
    if (at == old.length()) {
      return text;
    }
    var changes = new Changes(text);
    boolean changed = false;
    int kept = 0;
    while (at < old.length()) {
      // What does not stand for itself may go with the character before it.
      int from =
          at > kept && !graphemes.isPlain(old.codePointAt(at))
              ? old.offsetByCodePoints(at, -1)
              : at;
      changes.keep(kept, from);
      kept = graphemes.end(old, from);
      changed |= replace(old, from, kept, changes);
      at = stayingTo(old, kept);
    }
    changes.keep(kept, old.length());
    return changed ? changes.done() : text;
  }

  /// Whether anything of a cluster was replaced.
  private boolean replace(String text, int from, int to, Changes changes) {
    int first = text.codePointAt(from);
    int next = from + Character.charCount(first);
    if (next < to) {
      String whole = to - from < LONG ? ofText(text.substring(from, to)) : null;
      if (whole != null) {
        put(whole, text.codePointCount(from, to), changes);
        return true;
      }
    }
    boolean changed = false;
    for (int at = from, c; at < to; at += Character.charCount(c)) {
      c = text.codePointAt(at);
      String now = ofCharacter.of(c);
      if (now == null) {
        changes.put(c, 0);
      } else {
        changed = true;
        put(now, 1, changes);
      }
    }
    return changed;
  }

  /// Puts a replacement in: it takes up old characters one for one; what it has more is put in, and
  /// what it has less goes with its last character, or with the one before it.
  private static void put(String now, int oldCount, Changes changes) {
    int count = 0;
    for (int i = 0, c; i < now.length(); i += Character.charCount(c)) {
      c = now.codePointAt(i);
      changes.put(c, count++ < oldCount ? 0 : 1);
    }
    if (count < oldCount) {
      changes.remove(oldCount - count);
    }
  }

  private @Nullable String ofText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // Half a character is none, and has no key.
    boolean whole = text.codePoints().noneMatch(c -> 0xd800 <= c && c <= 0xdfff);
    return bytes.length < LONG && whole ? map.replacement(bytes, 0, bytes.length) : null;
  }

  private int stayingTo(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char unit = text.charAt(at);
      int c = Character.isSurrogate(unit) ? text.codePointAt(at) : unit;
      boolean[] page = stays[c / PAGE];
      if (!(page == null ? load(c / PAGE) : page)[c % PAGE]) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }

  private boolean[] load(int index) {
    boolean[] page = new boolean[PAGE];
    for (int i = 0; i < PAGE; i++) {
      int c = index * PAGE + i;
      page[i] = graphemes.isPlain(c) && ofCharacter.of(c) == null;
    }
    stays[index] = page;
    return page;
  }
}
