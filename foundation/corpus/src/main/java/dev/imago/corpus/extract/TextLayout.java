package dev.imago.corpus.extract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// How a plain text is laid out, told from its beginning.
enum TextLayout {
  /// One text, over lines and paragraphs.
  RUNNING,
  /// One short text a line: headlines, sentences, captions.
  LINES,
  /// Columns between tabs, a text and its label for instance.
  TABLE,
  /// Words with their tags, a word a line, a blank line after each sentence.
  TAGGED,
  /// A JSON object a line.
  JSONL;

  /// A review of a film has a hundred sentences, and some write each on its line.
  private static final int LEAST_LINES = 300;

  private static final int LEAST_TABLE_LINES = 10;
  private static final int LOOK_LINES = 5_000;

  /// Texts of one kind, one a line, differ less in length than the paragraphs of a book, whose
  /// standard deviation is about their mean.
  private static final double MOST_VARIATION = 0.7;

  private static final int LONGEST_LINE = 1_000;

  /// Lines that nearly all end at the same margin are one text, broken to fit.
  private static final double MARGIN = 0.14;

  private static final Pattern TAGGED_WORD =
      Pattern.compile("\\s*\\S+[ \\t](?:.*[ \\t])?(?:O|[BIESMU]-\\S+)\\s*");

  private static final Pattern BULLET = Pattern.compile("\\s*(?:[-*•#>|+]|\\d+[.)、]).*");
  private static final Pattern INDENT = Pattern.compile("(?:\\s\\s|\\t|\\u3000).*");

  /// @param beginning as much of the text as decides
  /// @param whole whether that is all of it; else its last line may be cut
  static TextLayout of(String beginning, boolean whole) {
    List<String> all = beginning.lines().limit(LOOK_LINES + 1L).toList();
    boolean cut = !whole || all.size() > LOOK_LINES;
    List<String> lines = cut && !all.isEmpty() ? all.subList(0, all.size() - 1) : all;
    List<String> inked = lines.stream().filter(line -> !line.isBlank()).toList();
    if (isJson(inked)) {
      return JSONL;
    }
    if (isTagged(inked) && inked.size() < lines.size()) {
      return TAGGED;
    }
    // A blank line every now and then is a slip; between paragraphs there are many.
    boolean paragraphs = (lines.size() - inked.size()) * 50 > lines.size();
    if (paragraphs || inked.size() < LEAST_TABLE_LINES) {
      return RUNNING;
    } else if (isTable(inked)) {
      return TABLE;
    }
    return inked.size() >= LEAST_LINES && isLines(inked) ? LINES : RUNNING;
  }

  private static boolean isJson(List<String> lines) {
    if (lines.size() < 2) {
      return false;
    }
    for (String line : lines.subList(0, 2)) {
      try {
        if (!line.startsWith("{") || !JsonMapper.shared().readTree(line).isObject()) {
          return false;
        }
      } catch (JacksonException e) {
        return false;
      }
    }
    return true;
  }

  /// Nearly all lines end with a tag of the scheme BIO, of which some begin spans.
  private static boolean isTagged(List<String> lines) {
    return lines.size() >= LEAST_TABLE_LINES
        && lines.stream().filter(TAGGED_WORD.asMatchPredicate()).count() >= 0.95 * lines.size()
        && lines.stream().anyMatch(line -> !line.strip().endsWith("O"));
  }

  /// Nearly all lines have as many tabs as the first, and one cell of a line holds words.
  private static boolean isTable(List<String> lines) {
    long tabs = lines.getFirst().chars().filter(c -> c == '\t').count();
    long same =
        lines.stream().filter(l -> l.chars().filter(c -> c == '\t').count() == tabs).count();
    return tabs > 0
        && same >= 0.95 * lines.size()
        && !lines.getFirst().isBlank()
        && median(lines.stream().mapToInt(TextLayout::words).toArray()) >= 2;
  }

  private static boolean isLines(List<String> lines) {
    int[] lengths = lines.stream().mapToInt(String::length).sorted().toArray();
    double mean = Arrays.stream(lengths).average().orElse(0);
    double square = Arrays.stream(lengths).mapToDouble(n -> (n - mean) * (n - mean)).sum();
    double variation = Math.sqrt(square / lengths.length) / mean;
    int median = lengths[lengths.length / 2];
    int long95 = lengths[lengths.length * 95 / 100];
    boolean wrapped = long95 - median <= MARGIN * long95;
    return variation <= MOST_VARIATION
        && lengths[lengths.length * 99 / 100] <= LONGEST_LINE
        && !wrapped
        && median(lines.stream().mapToInt(TextLayout::words).toArray()) >= 3
        && share(lines, BULLET) < 0.3
        && share(lines, INDENT) < 0.3
        && lines.stream().filter(Cutter::isChapter).count() < 2;
  }

  private static double share(List<String> lines, Pattern pattern) {
    return (double) lines.stream().filter(line -> pattern.matcher(line).matches()).count()
        / lines.size();
  }

  private static int median(int[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /// Words of a line; two ideographs make one.
  private static int words(String line) {
    var words = new ArrayList<String>(List.of(line.strip().split("\\s+")));
    long ideographs = line.chars().filter(Character::isIdeographic).count();
    return words.size() + (int) (ideographs / 2);
  }
}
