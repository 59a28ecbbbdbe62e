package dev.imago.text;

import dev.imago.text.bytelevel.CharClass;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Finds added tokens in text: the leftmost match, of these the longest, never overlapping.
final class AddedTokens {
  /// A run of text, or the token found in its place.
  ///
  /// @param id the token, or −1 for text
  record Segment(int id, String text) {}

  private final Map<Character, List<AddedToken>> byFirst;
  private final char[] firsts;

  AddedTokens(List<AddedToken> tokens) {
    byFirst =
        tokens.stream()
            .filter(t -> !t.content().isEmpty())
            .sorted(Comparator.comparingInt((AddedToken t) -> t.content().length()).reversed())
            .collect(Collectors.groupingBy(t -> t.content().charAt(0)));
    firsts = new char[byFirst.size()];
    int i = 0;
    for (char first : byFirst.keySet()) {
      firsts[i++] = first;
    }
    Arrays.sort(firsts);
  }

  /// Where the first token may start at or after `from`: the length of the text where none does.
  private int candidate(String text, int from) {
    if (firsts.length == 0) {
      return text.length();
    }
    if (firsts.length == 1) {
      int at = text.indexOf(firsts[0], from);
      return at < 0 ? text.length() : at;
    }
    for (int i = from; i < text.length(); i++) {
      if (Arrays.binarySearch(firsts, text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private AddedToken longestAt(String text, int at) {
    for (AddedToken token : byFirst.getOrDefault(text.charAt(at), List.of())) {
      if (text.startsWith(token.content(), at)) {
        return token;
      }
    }
    return AddedToken.control(-1, "");
  }

  /// Cuts text at the tokens. With `special` false, special tokens are left in the text, though a
  /// shorter token inside one is not found either: what Hugging Face's `encode_special_tokens`
  /// does.
  void split(String text, boolean special, java.util.function.Consumer<Segment> each) {
    int done = 0;
    int at = candidate(text, 0);
    while (at < text.length()) {
      AddedToken token = longestAt(text, at);
      int end = at + token.content().length();
      if (token.id() < 0) {
        at = candidate(text, at + 1);
        continue;
      }
      if ((special || !token.special()) && (!token.singleWord() || isAlone(text, at, end))) {
        int from = token.leftStrip() ? Math.max(done, stripLeft(text, at)) : at;
        int to = token.rightStrip() ? stripRight(text, end) : end;
        // A strip to the right may have taken what this match starts with.
        from = Math.max(from, done);
        if (done < from) {
          each.accept(new Segment(-1, text.substring(done, from)));
        }
        each.accept(new Segment(token.id(), token.content()));
        done = Math.max(done, to);
      }
      at = candidate(text, end);
    }
    if (done < text.length()) {
      each.accept(new Segment(-1, done == 0 ? text : text.substring(done)));
    }
  }

  /// Whether any token is in the text, and where: the start of the first at or after `from`, or −1.
  int find(String text, int from) {
    for (int at = candidate(text, from); at < text.length(); at = candidate(text, at + 1)) {
      if (longestAt(text, at).id() >= 0) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isAlone(String text, int from, int to) {
    return (from == 0 || !isWord(text.codePointBefore(from)))
        && (to == text.length() || !isWord(text.codePointAt(to)));
  }

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

  private static boolean isSpace(char c) {
    return CharClass.isBlank(c);
  }
}
