package dev.imago.corpus.extract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/// Cuts a long text into documents: where its structure says so (articles of WikiText, Markdown
/// headings, chapters), and where a part is still too long, at ends of paragraphs, then of lines,
/// then of sentences. The parts put end to end are the text, to the last character.
///
/// Lengths are words; an ideograph counts as two thirds of one, as in the rules of prose.
public final class Cutter {
  /// Fewer words than this make no document: a heading alone stays with what follows it.
  private static final int LEAST_WORDS = 20;

  private static final int HEADING_WORDS = 12;

  /// A title of WikiText: one `=` on each side, where sections have two and more.
  private static final Pattern ARTICLE = Pattern.compile(" ?= [^=\\s](?:.*[^=\\s])? = ?");

  private static final Pattern CHAPTER =
      Pattern.compile(
          "(?i)\\s*(?:chapter|book|part|act|scene|canto|volume|letter|prologue|epilogue)"
              + "(?:\\s+(?:[ivxlcdm]+|\\d+|the\\s+\\w+|one|two|three|four|five|six|seven|eight|nine|ten|"
              + "eleven|twelve))?\\b[.:]?(?:[\\s—–-].{0,60})?");

  private static final Pattern NUMBERED_CHINESE =
      Pattern.compile(
          "[\\s\\u3000]*(?:第[0-9０-９一二三四五六七八九十百千零〇两]{1,9}[章回节節卷部篇集幕折]"
              + "|卷[0-9０-９一二三四五六七八九十百千上中下之]{1,9})(?:[\\s\\u3000：:].{0,40}|.{0,20})");

  private static final Pattern SENTENCE_END = Pattern.compile("[.!?…]['\"”’)]*\\s|[。！？…][”’」』）]*");

  private static final Pattern ENDS_SENTENCE = Pattern.compile("[.!?…。！？][\\s'\"”’」』）)]*$");

  private final int wholeWords;
  private final int fillWords;

  /// @param fillWords the length to which parts are filled; three times as much stays whole
  public Cutter(int fillWords) {
    this(3 * fillWords, fillWords);
  }

  /// @param wholeWords the length up to which a text, a chapter or an article stays whole
  /// @param fillWords the length to which parts are filled, of a text that is longer
  Cutter(int wholeWords, int fillWords) {
    this.wholeWords = wholeWords;
    this.fillWords = fillWords;
  }

  /// Whether a line by itself looks like the heading of a chapter.
  static boolean isChapter(String line) {
    return CHAPTER.matcher(line).matches() || NUMBERED_CHINESE.matcher(line).matches();
  }

  /// @param text with its own line ends
  /// @param line of the file on which it begins, from 1
  public record Part(String text, int line) {}

  /// The text as it is, where it is not long; else its parts, in order.
  public List<Part> cut(String text) {
    if (!longer(text, 0, text.length(), wholeWords)) {
      return List.of(new Part(text, 1));
    }
    var lines = Lines.of(text);
    var parts = new ArrayList<Part>();
    int from = 0;
    for (int to : ends(lines, 0, lines.count(), 0)) {
      String part = text.substring(lines.start(from), lines.start(to));
      pieces(part, from + 1, parts);
      from = to;
    }
    return parts;
  }

  /// Line numbers, from 0, before which a part ends; the last one is `to`.
  ///
  /// @param level of structure: 0 articles, 1–6 Markdown headings, 7 chapters, 8 paragraphs
  private List<Integer> ends(Lines lines, int from, int to, int level) {
    if (level > 8 || !longer(lines.text, lines.start(from), lines.start(to), wholeWords)) {
      return List.of(to);
    }
    if (level == 8) {
      return paragraphs(lines, from, to);
    }
    List<Integer> starts = starts(lines, from, to, opens(lines, level));
    if (starts.size() < 2) {
      return ends(lines, from, to, level + 1);
    }
    var ends = new ArrayList<Integer>();
    int at = from;
    for (int i = 0; i <= starts.size(); i++) {
      int end = i < starts.size() ? starts.get(i) : to;
      boolean last = end == to;
      // What is too short to stand alone goes with what follows.
      if (end > at
          && (last || longer(lines.text, lines.start(at), lines.start(end), LEAST_WORDS))) {
        ends.addAll(ends(lines, at, end, level + 1));
        at = end;
      }
    }
    return 1 <= level && level <= 6 ? filled(lines, from, ends) : ends;
  }

  /// Sections of a page are often short: neighbours go together up to the length of a part.
  private List<Integer> filled(Lines lines, int from, List<Integer> ends) {
    var filled = new ArrayList<Integer>();
    int start = from;
    for (int i = 0; i < ends.size(); i++) {
      boolean last = i + 1 == ends.size();
      if (last || longer(lines.text, lines.start(start), lines.start(ends.get(i + 1)), fillWords)) {
        filled.add(ends.get(i));
        start = ends.get(i);
      }
    }
    return filled;
  }

  private static IntPredicate opens(Lines lines, int level) {
    return switch (level) {
      case 0 -> n -> ARTICLE.matcher(lines.get(n)).matches() && lines.blank(n - 1);
      case 7 ->
          n ->
              lines.blank(n - 1)
                  && (CHAPTER.matcher(lines.get(n)).matches() && lines.blank(n + 1)
                      || NUMBERED_CHINESE.matcher(lines.get(n)).matches());
      default -> n -> lines.get(n).startsWith("#".repeat(level) + " ");
    };
  }

  private static List<Integer> starts(Lines lines, int from, int to, IntPredicate opens) {
    var starts = new ArrayList<Integer>();
    for (int n = from; n < to; n++) {
      if (opens.test(n)) {
        starts.add(n);
      }
    }
    return starts;
  }

  /// Fills parts with whole paragraphs, none longer than the most where that can be.
  private List<Integer> paragraphs(Lines lines, int from, int to) {
    var ends = new ArrayList<Integer>();
    int start = from;
    int end = from;
    while (end < to) {
      int next = afterParagraph(lines, end, to);
      if (heading(lines, end, next)) {
        next = afterParagraph(lines, next, to);
      }
      boolean fits = !longer(lines.text, lines.start(start), lines.start(next), fillWords);
      if (!fits && end > start) {
        ends.add(end);
        start = end;
      }
      end = next;
    }
    ends.add(to);
    return ends;
  }

  /// The first line behind a paragraph and the blank lines that follow it.
  private static int afterParagraph(Lines lines, int from, int to) {
    int next = from;
    while (next < to && !lines.blank(next)) {
      next++;
    }
    while (next < to && lines.blank(next)) {
      next++;
    }
    return next;
  }

  /// Whether a paragraph is one short line that ends no sentence: it stays with what follows.
  private static boolean heading(Lines lines, int from, int to) {
    String line = lines.get(from);
    boolean alone = from + 1 >= to || lines.blank(from + 1);
    return alone
        && words(line, 0, line.length()) < HEADING_WORDS
        && !SENTENCE_END.matcher(line + " ").find();
  }

  /// A part that is one overlong paragraph is cut at ends of lines, an overlong line at ends of
  /// sentences, and what has none at the length itself.
  private void pieces(String part, int line, List<Part> into) {
    int start = 0;
    int startLine = line;
    int most = longer(part, 0, part.length(), wholeWords) ? fillWords + fillWords / 2 : wholeWords;
    while (longer(part, start, part.length(), most)) {
      int bound = bound(part, start);
      int newline = lineEnd(part, start, bound);
      int end = newline > start ? newline + 1 : sentence(part, start, bound);
      into.add(new Part(part.substring(start, end), startLine));
      startLine += (int) part.substring(start, end).chars().filter(c -> c == '\n').count();
      start = end;
    }
    into.add(new Part(part.substring(start), startLine));
  }

  /// The last end of a line that ends a sentence, if one is in the second half; else the last one.
  private static int lineEnd(String part, int start, int bound) {
    int last = part.lastIndexOf('\n', bound - 1);
    for (int end = last; end > start + (bound - start) / 2; end = part.lastIndexOf('\n', end - 1)) {
      if (ENDS_SENTENCE.matcher(part.substring(Math.max(start, end - 4), end)).find()) {
        return end;
      }
    }
    return last;
  }

  private static int sentence(String part, int start, int bound) {
    var matcher = SENTENCE_END.matcher(part).region(start, bound);
    int end = -1;
    while (matcher.find()) {
      end = matcher.end();
    }
    if (end > start) {
      return end;
    }
    int space = part.lastIndexOf(' ', bound - 1);
    if (space > start) {
      return space + 1;
    }
    return Character.isLowSurrogate(part.charAt(bound)) ? bound - 1 : bound;
  }

  /// The first place after which more than the most would have been read.
  private int bound(String text, int from) {
    double words = 0;
    boolean inside = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ideograph = ideograph(c);
      boolean letter = !ideograph && !Character.isWhitespace(c);
      words += ideograph ? 2 / 3.0 : letter && !inside ? 1 : 0;
      inside = letter;
      if (words > fillWords || i - from > 20L * fillWords) {
        return Math.max(i, from + 2);
      }
    }
    return text.length();
  }

  /// Whether a stretch has more words than that: a long one is not counted to its end.
  private static boolean longer(String text, int from, int to, int words) {
    // A word is a character at least.
    return to - from > words && words(text, from, to, words) > words;
  }

  private static double words(String text, int from, int to) {
    return words(text, from, to, Integer.MAX_VALUE);
  }

  /// Words of a stretch, up to a little more than the most; a run without spaces or ideographs
  /// counts by its length too, so that no endless line counts as one.
  private static double words(String text, int from, int to, int most) {
    double words = 0;
    int run = 0;
    for (int i = from; i < to && words <= most; i++) {
      char c = text.charAt(i);
      if (ideograph(c)) {
        words += 2 / 3.0;
        run = 0;
      } else if (Character.isWhitespace(c)) {
        run = 0;
      } else if (run++ % 20 == 0) {
        words++;
      }
    }
    return words;
  }

  private static boolean ideograph(char c) {
    return c >= 0x3040 && c <= 0x30FF || c >= 0x3400 && c <= 0x9FFF || c >= 0xF900 && c <= 0xFAFF;
  }

  /// The lines of a text by number, from 0.
  private record Lines(String text, int[] starts) {
    static Lines of(String text) {
      var starts = new ArrayList<Integer>();
      starts.add(0);
      for (int at = text.indexOf('\n');
          at >= 0 && at + 1 < text.length();
          at = text.indexOf('\n', at + 1)) {
        starts.add(at + 1);
      }
      starts.add(text.length());
      return new Lines(text, starts.stream().mapToInt(Integer::intValue).toArray());
    }

    int count() {
      return starts.length - 1;
    }

    int start(int line) {
      return starts[line];
    }

    /// A line without its end.
    String get(int line) {
      return text.substring(starts[line], starts[line + 1]).stripTrailing();
    }

    /// Whether there is nothing on a line, or no such line.
    boolean blank(int line) {
      return line < 0 || line >= count() || get(line).isBlank();
    }
  }
}
