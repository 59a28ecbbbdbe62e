package dev.imago.accounts;

import java.util.List;
import java.util.stream.Collectors;

/// Cells of CSV that do no harm in a spreadsheet: a text that begins as a formula does gets an
/// apostrophe before it, by which spreadsheets know that it is none.
public final class CsvCells {
  private CsvCells() {}

  /// A name that others gave.
  public static String text(String name) {
    return !name.isEmpty() && "=+-@\t\r".indexOf(name.charAt(0)) >= 0 ? "'" + name : name;
  }

  /// A line, with quotes where a cell needs them.
  public static String row(List<String> cells) {
    return cells.stream().map(CsvCells::quoted).collect(Collectors.joining(",")) + "\r\n";
  }

  private static String quoted(String cell) {
    return cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }
}
