package dev.imago.tokenize;

import com.hankcs.hanlp.HanLP;
import com.hankcs.hanlp.seg.Segment;
import com.hankcs.hanlp.seg.common.Term;
import java.lang.Character.UnicodeScript;
import java.util.List;

/// Puts blanks between the words of Chinese, for tokenizers that cut text at blanks.
///
/// Words are HanLP's: the shortest path over its core dictionary's bigrams, without names and user
/// words. Borders among marks and digits, which pre-tokenizers find, get no blank. Text without
/// Chinese characters stays as it is, and so do the others' own blanks. Thread-safe.
final class ChineseWords {
  private final Segment segment =
      HanLP.newSegment().enableAllNamedEntityRecognize(false).enableCustomDictionary(false);

  /// The text with a blank at every border of words beside a Chinese character.
  String separate(String text) {
    if (text.codePoints().noneMatch(ChineseWords::isChinese)) {
      return text;
    }
    var out = new StringBuilder(text.length() + text.length() / 2);
    for (int from = 0, to; from < text.length(); from = to) {
      int newline = text.indexOf('\n', from);
      to = newline < 0 ? text.length() : newline + 1;
      separateLine(text.substring(from, to), out);
    }
    return out.toString();
  }

  private void separateLine(String line, StringBuilder out) {
    List<Term> terms = segment.seg(line);
    int length = 0;
    for (Term term : terms) {
      if (!line.startsWith(term.word, length)) {
        out.append(line); // It was changed on the way: left as it was.
        return;
      }
      length += term.word.length();
    }
    if (length != line.length()) {
      out.append(line);
      return;
    }
    int at = 0;
    for (Term term : terms) {
      if (at > 0 && isBorder(line.codePointBefore(at), line.codePointAt(at))) {
        out.append(' ');
      }
      out.append(term.word);
      at += term.word.length();
    }
  }

  private static boolean isBorder(int before, int after) {
    return !Character.isWhitespace(before)
        && !Character.isWhitespace(after)
        && (isChinese(before) || isChinese(after));
  }

  private static boolean isChinese(int c) {
    return c >= 0x2e80 && UnicodeScript.of(c) == UnicodeScript.HAN;
  }
}
