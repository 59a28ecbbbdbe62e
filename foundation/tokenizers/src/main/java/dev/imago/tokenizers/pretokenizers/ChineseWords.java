package dev.imago.tokenizers.pretokenizers;

import com.hankcs.hanlp.HanLP;
import com.hankcs.hanlp.seg.Segment;
import com.hankcs.hanlp.seg.common.Term;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.lang.Character.UnicodeScript;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `ChineseWords`, a kind of our own: cuts between the words of Chinese, for models of words. Other
/// readers of a `tokenizer.json` refuse it, as they must: they would find other tokens.
///
/// Words are HanLP's: the shortest path over its core dictionary's bigrams, without names and user
/// words. It cuts at their borders beside a Chinese character and nowhere else, so that white space
/// and all that is not Chinese is left to the kind that comes after it.
public final class ChineseWords implements PreTokenizer {
  private final Segment segment;

  private ChineseWords(Segment segment) {
    this.segment = segment;
  }

  /// Words as HanLP finds them.
  ///
  /// @throws IllegalArgumentException where HanLP is missing
  public static ChineseWords ofHanLp() {
    try {
      return new ChineseWords(
          HanLP.newSegment().enableAllNamedEntityRecognize(false).enableCustomDictionary(false));
    } catch (NoClassDefFoundError e) { // HanLP is an optional dependency, for its size
      throw new IllegalArgumentException(
          "ChineseWords needs HanLP, which is not on the class path; add"
              + " com.hankcs:hanlp:portable-1.8.6",
          e);
    }
  }

  static ChineseWords read(Part part) {
    try {
      return ofHanLp();
    } catch (IllegalArgumentException e) {
      throw part.complaint(part.path() + ": " + e.getMessage());
    }
  }

  @Override
  public void split(AlignedText aligned, Consumer<AlignedText> pieces) {
    String text = aligned.text();
    int start = 0;
    for (int from = 0, to; from < text.length(); from = to) {
      int newline = text.indexOf('\n', from);
      to = newline < 0 ? text.length() : newline + 1;
      String line = text.substring(from, to);
      if (line.codePoints().noneMatch(ChineseWords::isChinese)) {
        continue;
      }
      int at = from;
      for (Term term : words(line)) {
        if (at > start && isBorder(text.codePointBefore(at), text.codePointAt(at))) {
          pieces.accept(aligned.slice(start, at));
          start = at;
        }
        at += term.word.length();
      }
    }
    if (start < text.length()) {
      pieces.accept(aligned.slice(start, text.length()));
    }
  }

  /// The words of a line; none where they do not make up the line, since it was changed on the way.
  private List<Term> words(String line) {
    List<Term> terms = segment.seg(line);
    int length = 0;
    for (Term term : terms) {
      if (!line.startsWith(term.word, length)) {
        return List.of();
      }
      length += term.word.length();
    }
    return length == line.length() ? terms : List.of();
  }

  private static boolean isBorder(int before, int after) {
    return !Character.isWhitespace(before)
        && !Character.isWhitespace(after)
        && (isChinese(before) || isChinese(after));
  }

  private static boolean isChinese(int c) {
    return c >= 0x2e80 && UnicodeScript.of(c) == UnicodeScript.HAN;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "ChineseWords");
    out.writeEndObject();
  }
}
