package dev.imago.moderation;

import java.text.Normalizer;
import java.util.Locale;

/// A text as it is compared with a list: without what width, case, accents, look-alikes and signs
/// between letters do to hide a word.
///
/// Words are parted by one blank. Latin letters that stand alone, three or more in a row, are one
/// word (`f.u.b.a.r`). A token with a Latin letter has its Cyrillic and Greek look-alikes, digits
/// and signs read as the letters that they stand for (`fub4r`); one without keeps what it has.
/// Between Han characters nothing stays.
final class PlainForm {
  private static final String LIKE = "аеорсухіјѕԁһкмтвнορατνικε013457@$!";
  private static final String LETTERS = "aeopcyxijsdhkmtbhopatvikeoieastasi";
  private static final int ALONE = 3;

  private final StringBuilder out = new StringBuilder(" ");
  private final StringBuilder token = new StringBuilder();
  private final StringBuilder alone = new StringBuilder();

  private PlainForm() {}

  /// @return with a blank at either end
  static String of(String text) {
    var form = new PlainForm();
    Normalizer.normalize(text, Normalizer.Form.NFKD)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(form::add);
    form.close();
    form.closeAlone();
    form.blank();
    return form.out.toString();
  }

  private void add(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.FORMAT) {
      return;
    }
    if (Character.isIdeographic(c)) {
      close();
      closeAlone();
      int end = out.length();
      boolean blank = end > 1 && out.charAt(end - 1) == ' ';
      if (blank && Character.isIdeographic(out.codePointBefore(end - 1))) {
        out.setLength(end - 1);
      }
      out.appendCodePoint(c).append(' ');
    } else if (Character.isLetterOrDigit(c) || c == '@' || c == '$' || c == '!') {
      token.appendCodePoint(c);
    } else {
      close();
    }
  }

  private void close() {
    if (token.isEmpty()) {
      return;
    }
    String word = token.toString();
    token.setLength(0);
    boolean latin = word.chars().anyMatch(c -> c >= 'a' && c <= 'z');
    if (latin) {
      word = folded(word);
    }
    if (latin && word.length() == 1) {
      alone.append(word);
      return;
    }
    closeAlone();
    blank();
    out.append(word);
    blank();
  }

  /// Letters that stood alone: a word where they are many, else each by itself.
  private void closeAlone() {
    String letters = alone.toString();
    alone.setLength(0);
    if (letters.length() >= ALONE) {
      blank();
      out.append(letters);
      blank();
    } else {
      for (int i = 0; i < letters.length(); i++) {
        blank();
        out.append(letters.charAt(i));
        blank();
      }
    }
  }

  private void blank() {
    if (out.charAt(out.length() - 1) != ' ') {
      out.append(' ');
    }
  }

  private static String folded(String word) {
    var folded = new StringBuilder(word.length());
    // A sign at the end is the sentence's.
    int end = word.length();
    while (end > 0 && word.charAt(end - 1) == '!') {
      end--;
    }
    for (int i = 0; i < end; i++) {
      int like = LIKE.indexOf(word.charAt(i));
      folded.append(like < 0 ? word.charAt(i) : LETTERS.charAt(like));
    }
    return folded.toString();
  }
}
