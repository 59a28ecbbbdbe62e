package dev.imago.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What kind of text a document is, since what makes running prose good makes no poem good. Told
/// from the text alone.
public enum TextForm {
  /// Running text in paragraphs, what the published rules are made for.
  PROSE,
  /// Too long for a web page: repetition grows with length, and so no n-gram rule fits.
  BOOK,
  /// Fewer words than prose must have: a headline, a sentence, a short poem.
  SHORT,
  /// Short lines that break before the margin.
  VERSE,
  /// Lines that begin with who speaks.
  DIALOGUE,
  /// Lines that begin with a bullet or a number.
  LIST,
  /// Lines of cells.
  TABLE;

  private static final int BOOK_WORDS = 20_000;

  /// Lines enough to see a form in.
  private static final int LINES = 4;

  private static final double MOSTLY = 0.6;
  private static final int VERSE_COLUMNS = 48;
  private static final Pattern ITEM =
      Pattern.compile("(?:[•‣⁃▪◦●○■*+-]|\\(?\\p{Nd}{1,3}[.)、]|\\(?[a-zA-Z][.)])\\s*\\S.*");
  private static final Pattern SPEAKER =
      Pattern.compile(
          "\\p{Lu}[\\p{L}.'’"
              + " -]{0,30}:(?:\\s.*)?|\\p{IsHan}{1,6}[:：].*|[—–\"“「『]\\s*\\S.*|\\p{Lu}{2,}[\\p{Lu}"
              + " .]{0,30}\\.");

  /// @param text once clean
  /// @param words in it
  /// @param fewest words of prose
  static TextForm of(String text, double words, double fewest) {
    if (words < fewest) {
      return SHORT;
    }
    List<String> lines = lines(text);
    if (lines.size() >= LINES) {
      if (share(lines, line -> ITEM.matcher(line).matches()) >= MOSTLY) {
        return LIST;
      }
      if (table(lines)) {
        return TABLE;
      }
      double speakers = share(lines, line -> SPEAKER.matcher(line).matches());
      if (speakers >= 0.15 && speakers <= 1 && dialogue(text)) {
        return DIALOGUE;
      }
      if (verse(lines)) {
        return VERSE;
      }
    }
    return words >= BOOK_WORDS ? BOOK : PROSE;
  }

  private static List<String> lines(String text) {
    var lines = new ArrayList<String>();
    text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(lines::add);
    return lines;
  }

  private static double share(List<String> lines, java.util.function.Predicate<String> of) {
    return (double) lines.stream().filter(of).count() / lines.size();
  }

  /// Whether most paragraphs open with a speaker.
  private static boolean dialogue(String text) {
    var first = new ArrayList<String>();
    for (String paragraph : text.split("\n\\s*\n")) {
      String line = paragraph.strip().lines().findFirst().orElse("");
      if (!line.isEmpty()) {
        first.add(line);
      }
    }
    List<String> turns = first.size() >= LINES ? first : lines(text);
    return share(turns, line -> SPEAKER.matcher(line).matches()) >= MOSTLY;
  }

  /// Whether most lines have the same number, two or more, of the same separator of cells.
  private static boolean table(List<String> lines) {
    for (char separator : new char[] {'\t', '|', ';', ','}) {
      long[] counts =
          lines.stream()
              .mapToLong(line -> line.chars().filter(c -> c == separator).count())
              .sorted()
              .toArray();
      long middle = counts[counts.length / 2];
      long same = Arrays.stream(counts).filter(count -> count == middle).count();
      // Commas are cells only where no blank follows them.
      boolean cells = separator != ',' || share(lines, line -> line.contains(", ")) < 1 - MOSTLY;
      if (middle >= (separator == '\t' ? 1 : 2) && cells && same >= 0.8 * counts.length) {
        return true;
      }
    }
    return false;
  }

  /// Whether nearly all lines are short, and not because prose was wrapped: wrapped lines are as
  /// long as one another, and most begin in the middle of a sentence.
  private static boolean verse(List<String> lines) {
    if (share(lines, line -> columns(line) <= VERSE_COLUMNS) < 0.85) {
      return false;
    }
    long opening =
        lines.stream().filter(line -> !Character.isLowerCase(line.codePointAt(0))).count();
    return opening >= 0.5 * lines.size();
  }

  /// Columns on a terminal: an ideograph takes two.
  private static int columns(String line) {
    return line.length() + (int) line.chars().filter(Words::ideograph).count();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
