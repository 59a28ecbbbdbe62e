package dev.imago.console.shelf;

import dev.imago.data.Document;
import java.util.Locale;
import java.util.function.LongConsumer;

/// What documents are found by, as numbers: their words, of scripts without spaces each character
/// and each two, and the words of their sources, their rules, and how their ids begin.
final class DocumentTerms {
  /// So much of an id leads to it.
  private static final int[] ID_LENGTHS = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48, 64};

  private static final long WORD = 1;
  private static final long SOURCE = 2;
  private static final long RULE = 3;
  private static final long ID = 4;

  private DocumentTerms() {}

  /// All terms of a document.
  static void of(Document document, LongConsumer to) {
    words(document.text(), WORD, true, to);
    document.tags().values().forEach(value -> words(value, WORD, true, to));
    words(document.source(), SOURCE, true, to);
    String rule = document.tags().get("rule");
    if (rule != null) {
      to.accept(hash(rule, 0, rule.length(), RULE));
    }
    String id = document.id();
    for (int length : ID_LENGTHS) {
      if (length <= id.length()) {
        to.accept(hash(id, 0, length, ID));
      }
    }
  }

  /// Terms that every document has that is looked for; none where any may be.
  static void of(DocumentSearch.Wish wish, LongConsumer to) {
    boolean begins = wish.word().endsWith("*");
    words(stem(wish.word()), WORD, !begins, to);
    words(stem(wish.source()), SOURCE, !wish.source().endsWith("*"), to);
    if (!wish.rule().isEmpty()) {
      to.accept(hash(wish.rule(), 0, wish.rule().length(), RULE));
    }
    int longest = 0;
    for (int length : ID_LENGTHS) {
      longest = length <= wish.id().length() ? length : longest;
    }
    if (longest > 0) {
      to.accept(hash(wish.id(), 0, longest, ID));
    }
  }

  private static String stem(String wished) {
    return wished.endsWith("*") ? wished.substring(0, wished.length() - 1) : wished;
  }

  /// Whether a text has some words as wholes, whatever their case; where the wish ends in `*`, the
  /// last as a beginning.
  static boolean mentions(String text, String wished) {
    boolean begins = wished.endsWith("*");
    String words = stem(wished).toLowerCase(Locale.ROOT);
    if (words.isEmpty()) {
      return true;
    }
    String in = text.toLowerCase(Locale.ROOT);
    for (int at = in.indexOf(words); at >= 0; at = in.indexOf(words, at + 1)) {
      int end = at + words.length();
      if (!isWithin(in, at) && (begins || !isWithin(in, end))) {
        return true;
      }
    }
    return false;
  }

  /// Whether a place lies within a word.
  private static boolean isWithin(String text, int at) {
    return at > 0
        && at < text.length()
        && isOfWord(text.codePointBefore(at))
        && isOfWord(text.codePointAt(at));
  }

  /// Of a word that has neighbours: characters of scripts without spaces stand alone.
  private static boolean isOfWord(int character) {
    return Character.isLetterOrDigit(character) && !standsAlone(character);
  }

  private static boolean standsAlone(int character) {
    if (character < 0x0e00) {
      return false;
    }
    return switch (Character.UnicodeScript.of(character)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR, BOPOMOFO -> true;
      default -> false;
    };
  }

  /// @param last whether the last word is a whole one
  private static void words(String text, long kind, boolean last, LongConsumer to) {
    String lower = text.toLowerCase(Locale.ROOT);
    int begun = -1;
    int before = -1;
    for (int at = 0; at < lower.length(); ) {
      int character = lower.codePointAt(at);
      int next = at + Character.charCount(character);
      boolean alone = standsAlone(character);
      if (isOfWord(character)) {
        begun = begun < 0 ? at : begun;
      } else if (begun >= 0) {
        to.accept(hash(lower, begun, at, kind));
        begun = -1;
      }
      if (alone) {
        to.accept(hash(lower, at, next, kind));
        if (before >= 0) {
          to.accept(hash(lower, before, next, kind));
        }
      }
      before = alone ? at : -1;
      at = next;
    }
    if (begun >= 0 && last) {
      to.accept(hash(lower, begun, lower.length(), kind));
    }
  }

  /// FNV-1a over characters, mixed well, since its lowest bits are used.
  private static long hash(String text, int from, int end, long kind) {
    long hash = 0xcbf29ce484222325L ^ kind;
    for (int i = from; i < end; i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
    return hash ^ hash >>> 29;
  }
}
