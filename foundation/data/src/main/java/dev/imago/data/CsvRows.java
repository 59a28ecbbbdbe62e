package dev.imago.data;

import dev.imago.data.Rows.Item;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The rows of a table of separated values (RFC 4180): quoted fields may hold separators, line
/// breaks and doubled quotes. In tab-separated files, where quotes mean themselves, a field is
/// quoted only where the quote is closed on its line, before a tab or the end.
final class CsvRows extends Rows {
  /// What the separator and the header are told from.
  private static final int LOOK_RECORDS = 50;

  /// A quote left open does not swallow the rest of the file.
  private static final int RECORD_LINES = 2_000;

  private record Record(long line, List<String> fields) {}

  private final LineSource lines;
  private final boolean tabs;
  private final int maxChars;
  private final Deque<String> again = new ArrayDeque<>();
  private final Deque<Object> ready = new ArrayDeque<>();
  private long number;
  private char separator = '\t';
  private List<String> names = List.of();
  private boolean started;

  CsvRows(LineSource lines, boolean tabs, int maxChars) {
    this.lines = lines;
    this.tabs = tabs;
    this.maxChars = maxChars;
  }

  @Override
  public @Nullable Item next() throws IOException {
    if (!started) {
      start();
    }
    Object next = ready.isEmpty() ? read() : ready.poll();
    return switch (next) {
      case null -> null;
      case Record record -> row(record);
      case Item.Broken broken -> broken;
      default -> throw new AssertionError(next);
    };
  }

  private void start() throws IOException {
    started = true;
    var first = new ArrayList<String>();
    String line;
    while (first.size() < LOOK_RECORDS && (line = lines.next()) != null) {
      first.add(line);
    }
    again.addAll(first);
    if (!tabs) {
      separator = separator(first);
    }
    var records = new ArrayList<List<String>>();
    Object next;
    while (records.size() < LOOK_RECORDS && (next = read()) != null) {
      ready.add(next);
      if (next instanceof Record record) {
        records.add(record.fields());
      }
    }
    if (ready.peek() instanceof Record record && Header.is(records)) {
      names = record.fields().stream().map(String::strip).toList();
      ready.poll();
    }
  }

  /// The separator that most lines have, quoted ones aside; the comma where none stands out.
  private static char separator(List<String> lines) {
    char best = ',';
    long most = 0;
    for (char candidate : new char[] {',', '\t', ';', '|'}) {
      long having = lines.stream().filter(line -> separators(line, candidate) > 0).count();
      if (having > most) {
        most = having;
        best = candidate;
      }
    }
    return best;
  }

  private static int separators(String line, char separator) {
    int count = 0;
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      quoted ^= line.charAt(i) == '"';
      count += !quoted && line.charAt(i) == separator ? 1 : 0;
    }
    return count;
  }

  private @Nullable String line() throws IOException {
    String line = again.isEmpty() ? lines.next() : again.poll();
    number += line == null ? 0 : 1;
    return line;
  }

  /// A [Record], an [Item.Broken], or null at the end.
  private @Nullable Object read() throws IOException {
    String line;
    do {
      line = line();
    } while (line != null && line.isBlank());
    if (line == null) {
      return null;
    }
    long from = number;
    if (lines.tooLong(line)) {
      return new Item.Broken(from, 1, JsonRows.large(maxChars));
    }
    var open = new Open(separator, tabs);
    var taken = new ArrayList<String>();
    long chars = line.length();
    while (!open.feed(line)) {
      line = line();
      if (line != null) {
        taken.add(line);
        chars += line.length() + 1;
      }
      if (line == null || taken.size() > RECORD_LINES || chars > maxChars) {
        // What follows the broken line is read again by itself.
        for (String each : taken.reversed()) {
          again.addFirst(each);
        }
        number -= taken.size();
        return new Item.Broken(
            from,
            open.quoteColumn,
            chars > maxChars ? JsonRows.large(maxChars) : "a quote that is not closed");
      }
    }
    return new Record(from, open.fields);
  }

  private Item row(Record record) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    for (int i = 0; i < record.fields().size(); i++) {
      String name = i < names.size() && !names.get(i).isEmpty() ? names.get(i) : "column" + (i + 1);
      row.put(name, record.fields().get(i));
    }
    return new Item.Row(record.line(), row);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /// A record while its lines come in.
  private static final class Open {
    private final char separator;
    private final boolean tabs;
    private final List<String> fields = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private boolean quoted;
    private int quoteColumn = 1;

    Open(char separator, boolean tabs) {
      this.separator = separator;
      this.tabs = tabs;
    }

    /// Takes one more line; true when the record is complete.
    boolean feed(String line) {
      int i = 0;
      if (quoted) {
        field.append('\n');
        i = inQuotes(line, 0);
        if (quoted) {
          return false;
        }
      }
      // A line ends the last field, so one more is read behind the last separator.
      while (i <= line.length()) {
        if (field.isEmpty() && i < line.length() && line.charAt(i) == '"' && opens(line, i)) {
          quoted = true;
          quoteColumn = i + 1;
          i = inQuotes(line, i + 1);
          if (quoted) {
            return false;
          }
        }
        int stop = line.indexOf(separator, i);
        stop = stop < 0 ? line.length() : stop;
        fields.add(field.append(line, i, stop).toString());
        field.setLength(0);
        i = stop + 1;
      }
      return true;
    }

    private boolean opens(String line, int at) {
      if (!tabs) {
        return true;
      }
      for (int i = at + 1; i < line.length(); i++) {
        if (line.charAt(i) == '"') {
          if (i + 1 == line.length() || line.charAt(i + 1) == separator) {
            return true;
          }
          i += line.charAt(i + 1) == '"' ? 1 : 0;
        }
      }
      return false;
    }

    /// Appends up to the closing quote, or to the line's end where there is none.
    private int inQuotes(String line, int from) {
      for (int i = from; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          quoted = false;
          return i + 1;
        }
      }
      return line.length();
    }
  }

  /// Whether a table's first record names its columns.
  private static final class Header {
    private static final int NAME_CHARS = 40;

    /// What names a column beside texts, and hardly stands in one.
    private static final Set<String> LABELLED =
        Set.of(
            "label",
            "labels",
            "sentence1",
            "sentence2",
            "premise",
            "hypothesis",
            "question1",
            "question2",
            "text_pair");

    private static boolean isLabelled(String name) {
      return LABELLED.contains(name.strip().toLowerCase(Locale.ROOT));
    }

    static boolean is(List<List<String>> records) {
      if (records.isEmpty()) {
        return false;
      }
      List<String> first = records.getFirst();
      var distinct = new HashSet<String>();
      for (String name : first) {
        boolean plain =
            !name.isBlank()
                && name.length() <= NAME_CHARS
                && !isNumber(name)
                && distinct.add(name.strip());
        // Tables written with row numbers have no name over these.
        if (!plain && !(name.isBlank() && first.size() > 1 && distinct.add(""))) {
          return false;
        }
      }
      if (first.stream().anyMatch(name -> isLabelled(name) || TextField.isName(name.strip()))
          || LabelRows.areNames(first)) {
        return true;
      }
      for (int column = 0; column < first.size(); column++) {
        if (unlike(records, column)) {
          return true;
        }
      }
      return false;
    }

    /// Whether the rows of a column are what its first cell is not: numbers, or much longer text.
    private static boolean unlike(List<List<String>> records, int column) {
      int rows = 0;
      int numbers = 0;
      long chars = 0;
      for (List<String> record : records.subList(1, records.size())) {
        if (column < record.size()) {
          rows++;
          numbers += isNumber(record.get(column)) ? 1 : 0;
          chars += record.get(column).length();
        }
      }
      int named = records.getFirst().get(column).length();
      boolean word = records.getFirst().get(column).matches("[\\p{L}_][\\p{L}\\p{N}_ .-]*");
      return rows > 0
          && (numbers == rows || (word && chars > 4L * rows * named && chars > 40L * rows));
    }

    private static boolean isNumber(String text) {
      return text.strip()
          .toLowerCase(Locale.ROOT)
          .matches("[+-]?[0-9]+([.,][0-9]+)?(e[+-]?[0-9]+)?");
    }
  }
}
