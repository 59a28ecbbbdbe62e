package dev.imago.tokenizers.added;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.List;
import java.util.Set;

/// Finds tokens in a text by their spellings there, and heeds how each is to be treated.
final class TokenFinder {
  private final WordFinder finder;
  private final AddedToken[] tokens;
  private final Set<String> special;

  /// The token whose spelling normalising made empty, or −1: it is found between any two
  /// characters, so it cuts text into its characters.
  private final int empty;

  TokenFinder(List<String> spellings, List<AddedToken> tokens, Set<String> special) {
    this.tokens = tokens.toArray(AddedToken[]::new);
    this.special = special;
    empty = spellings.indexOf("");
    finder = new WordFinder(spellings);
  }

  void split(AlignedText text, boolean withSpecial, AddedVocabulary.Segments segments) {
    String spelling = text.text();
    var match = new WordFinder.Match();
    int done = 0;
    int lastEnd = -1;
    for (int at = 0; find(spelling, at, lastEnd, match); ) {
      AddedToken token = tokens[match.word];
      at = match.to;
      lastEnd = match.to;
      if (!withSpecial && special.contains(token.content())
          || token.singleWord() && !isAlone(spelling, match.from, match.to)) {
        continue;
      }
      // What the token before took along is not taken again, but a token keeps its own blanks.
      int from = token.leftStrip() ? Math.max(done, stripLeft(spelling, match.from)) : match.from;
      int to = token.rightStrip() ? stripRight(spelling, match.to) : match.to;
      if (from > to) {
        continue; // The token before has taken all of it along.
      }
      if (done < from) {
        segments.text(text.slice(done, from));
      }
      if (from < to) {
        segments.token(token.id(), text.slice(from, to));
      }
      done = to;
    }
    if (done < spelling.length()) {
      segments.text(text.slice(done, spelling.length()));
    }
  }

  private boolean find(String text, int at, int lastEnd, WordFinder.Match match) {
    if (empty < 0) {
      return finder.find(text, at, match);
    }
    for (; at <= text.length(); at = at < text.length() ? text.offsetByCodePoints(at, 1) : at + 1) {
      if (finder.findAt(text, at, match)) {
        return true;
      }
      if (at != lastEnd) {
        match.word = empty;
        match.from = at;
        match.to = at;
        return true;
      }
    }
    return false;
  }

  private static boolean isAlone(String text, int from, int to) {
    return (from == 0 || !isWord(text.codePointBefore(from)))
        && (to == text.length() || !isWord(text.codePointAt(to)));
  }

  /// `\w` of the Rust regex crate.
  private static boolean isWord(int c) {
    return Character.isAlphabetic(c)
        || switch (Character.getType(c)) {
          case Character.NON_SPACING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.CONNECTOR_PUNCTUATION ->
              true;
          default -> c == 0x200c || c == 0x200d;
        };
  }

  private static int stripLeft(String text, int from) {
    while (from > 0 && isSpace(text.charAt(from - 1))) {
      from--;
    }
    return from;
  }

  private static int stripRight(String text, int to) {
    while (to < text.length() && isSpace(text.charAt(to))) {
      to++;
    }
    return to;
  }

  /// Unicode's White_Space.
  private static boolean isSpace(char c) {
    return c == ' '
        || c >= '\t' && c <= '\r'
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200a
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }
}
