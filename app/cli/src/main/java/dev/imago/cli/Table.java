package dev.imago.cli;

import java.util.List;

/// A table in plain text: columns as wide as they need, numbers to the right.
final class Table {
  private Table() {}

  static String render(List<String> header, List<List<String>> rows) {
    int columns = header.size();
    int[] widths = new int[columns];
    boolean[] numeric = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      int column = c;
      widths[c] = width(header.get(c));
      rows.forEach(r -> widths[column] = Math.max(widths[column], width(cell(r, column))));
      numeric[c] =
          !rows.isEmpty()
              && rows.stream().allMatch(r -> cell(r, column).matches("([-+]?[\\d.,]+.{0,12})?|–"));
    }
    var text = new StringBuilder();
    line(text, header, widths, numeric);
    text.append("  ");
    for (int c = 0; c < columns; c++) {
      text.append("─".repeat(widths[c])).append(c + 1 < columns ? "  " : "\n");
    }
    rows.forEach(r -> line(text, r, widths, numeric));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> row, int[] widths, boolean[] numeric) {
    var line = new StringBuilder("  ");
    for (int c = 0; c < widths.length; c++) {
      String value = cell(row, c);
      String pad = " ".repeat(widths[c] - width(value));
      line.append(numeric[c] ? pad + value : value + pad).append("  ");
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static String cell(List<String> row, int column) {
    return column < row.size() ? row.get(column) : "";
  }

  /// Terminal cells: East Asian wide characters take two.
  private static int width(String text) {
    return text.codePoints()
        .map(
            c ->
                Character.getType(c) == Character.NON_SPACING_MARK
                    ? 0
                    : Character.isIdeographic(c) || c >= 0xFF01 && c <= 0xFF60 ? 2 : 1)
        .sum();
  }
}
