package dev.imago.masking;

/// What a detector sees of a text, whose end may not have come yet: whoever looks behind what has
/// come is told [#END], and that is noted, so that his answer is not taken.
///
/// A text that begins in the middle of another one begins with at least [#LEFT] characters that
/// were decided before: nobody looks back further.
final class Sight {
  /// No character (Unicode's own non-character): stands for the end.
  static final char END = '\uffff';

  /// How far back detectors look from where they are asked.
  static final int LEFT = 128;

  private char[] characters;
  private int end;
  private boolean complete;
  private boolean beyond;

  /// @param complete whether nothing comes after it
  Sight(char[] characters, int end, boolean complete) {
    this.characters = characters;
    this.end = end;
    this.complete = complete;
  }

  void become(char[] newCharacters, int newEnd, boolean nowComplete) {
    characters = newCharacters;
    end = newEnd;
    complete = nowComplete;
  }

  char at(int i) {
    if (i < end) {
      return characters[i];
    }
    beyond = true;
    return END;
  }

  /// The character before place i; [#END] at the beginning.
  char before(int i) {
    return i > 0 ? characters[i - 1] : END;
  }

  /// Whether the text goes on so at place i; looks no further than the first difference.
  boolean has(int i, String wanted) {
    for (int k = 0; k < wanted.length(); k++) {
      if (at(i + k) != wanted.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /// What was seen.
  String text(int from, int to) {
    return new String(characters, from, to - from);
  }

  char[] characters() {
    return characters;
  }

  int end() {
    return end;
  }

  boolean complete() {
    return complete;
  }

  void look() {
    beyond = false;
  }

  /// Whether somebody looked since where text may still come.
  boolean open() {
    return beyond && !complete;
  }

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean upper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean alphanumeric(char c) {
    return digit(c) || c >= 'a' && c <= 'z' || upper(c);
  }

  /// Whether a token of ASCII letters and digits ends before place i.
  boolean ends(int i) {
    char c = at(i);
    return !alphanumeric(c) && c != '_' && c != '@';
  }

  /// As [#ends], and no fraction follows: `1234.5` goes on.
  boolean endsNumber(int i) {
    return ends(i) && !(at(i) == '.' && digit(at(i + 1)));
  }

  /// Whether a number before place i goes on there: `3.` before a `14`.
  boolean fraction(int i) {
    char c = before(i);
    return (c == '.' || c == ',') && i > 1 && digit(characters[i - 2]);
  }

  /// What stands before place i, at most so long, in lower case.
  String left(int i, int most) {
    int from = Math.max(0, i - most);
    return new String(characters, from, i - from).toLowerCase(java.util.Locale.ROOT);
  }
}
