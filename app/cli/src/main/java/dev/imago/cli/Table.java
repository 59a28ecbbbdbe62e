package dev.imago.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A table in plain text: columns as wide as they need, numbers to the right; a table that is wider
/// than the terminal has its widest columns of words wrapped.
final class Table {
  /// No column of words is wrapped to less.
  private static final int NARROWEST = 16;

  /// A line's width where nobody knows the terminal's.
  private static final int USUAL = 120;

  private static final Pattern NUMBER = Pattern.compile("([-+]?[\\d.,]+.{0,12})?|–");

  private Table() {}

  static String render(List<String> header, List<List<String>> rows) {
    return render(header, rows, columns());
  }

  /// The terminal's width, as the launcher measured it.
  static int columns() {
    return Math.max(40, Integer.getInteger("imago.columns", USUAL));
  }

  /// A table some of whose columns are never wrapped: what is copied from there must be whole.
  ///
  /// @param whole their headers
  static String render(Set<String> whole, List<String> header, List<List<String>> rows) {
    return render(whole, header, rows, columns());
  }

  static String render(List<String> header, List<List<String>> given, int limit) {
    return render(Set.of(), header, given, limit);
  }

  static String render(
      Set<String> whole, List<String> header, List<List<String>> given, int limit) {
    int columns = header.size();
    List<List<String>> rows =
        given.stream().map(r -> r.stream().map(Table::oneLine).toList()).toList();
    int[] widths = new int[columns];
    boolean[] numeric = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      int column = c;
      widths[c] = Cells.of(header.get(c));
      rows.forEach(r -> widths[column] = Math.max(widths[column], Cells.of(cell(r, column))));
      numeric[c] =
          !rows.isEmpty() && rows.stream().allMatch(r -> NUMBER.matcher(cell(r, column)).matches());
    }
    narrow(header, whole, widths, numeric, limit);
    var text = new StringBuilder();
    line(text, header, widths, numeric);
    text.append("  ");
    for (int c = 0; c < columns; c++) {
      text.append("─".repeat(widths[c])).append(c + 1 < columns ? "  " : "\n");
    }
    rows.forEach(r -> row(text, r, widths, numeric));
    return text.toString();
  }

  private static void narrow(
      List<String> header, Set<String> whole, int[] widths, boolean[] numeric, int limit) {
    int all = 0;
    for (int width : widths) {
      all += width + 2;
    }
    for (; all > limit; all--) {
      int widest = -1;
      for (int c = 0; c < widths.length; c++) {
        boolean words = !numeric[c] && widths[c] > NARROWEST && !whole.contains(header.get(c));
        if (words && (widest < 0 || widths[c] > widths[widest])) {
          widest = c;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest]--;
    }
  }

  /// A row takes as many lines as its longest cell.
  private static void row(StringBuilder text, List<String> row, int[] widths, boolean[] numeric) {
    var cells = new ArrayList<List<String>>();
    int lines = 1;
    for (int c = 0; c < widths.length; c++) {
      List<String> wrapped = Cells.wrap(cell(row, c), widths[c]);
      cells.add(wrapped);
      lines = Math.max(lines, wrapped.size());
    }
    for (int l = 0; l < lines; l++) {
      int number = l;
      line(
          text,
          cells.stream().map(c -> number < c.size() ? c.get(number) : "").toList(),
          widths,
          numeric);
    }
  }

  private static void line(StringBuilder text, List<String> row, int[] widths, boolean[] numeric) {
    var line = new StringBuilder("  ");
    for (int c = 0; c < widths.length; c++) {
      String value = cell(row, c);
      String pad = " ".repeat(Math.max(0, widths[c] - Cells.of(value)));
      line.append(numeric[c] ? pad + value : value + pad).append("  ");
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static String cell(List<String> row, int column) {
    return column < row.size() ? row.get(column) : "";
  }

  private static String oneLine(String cell) {
    return cell.indexOf('\n') < 0 && cell.indexOf('\r') < 0 ? cell : cell.replaceAll("\\R", " ");
  }
}
