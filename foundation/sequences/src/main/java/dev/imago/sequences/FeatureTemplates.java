package dev.imago.sequences;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a row's features are, in CRF++'s form: a line `U05:%x[-1,0]/%x[0,0]` is a name and cells,
/// each of a row before or after and a column; `B` lets tags depend on the tag before. Beyond both
/// ends a cell is `_B-1`, `_B+1` and so on. Lines that begin with `#` are remarks.
public final class FeatureTemplates {
  private static final Pattern CELL = Pattern.compile("%x\\[(-?\\d{1,3}),(\\d{1,3})]");

  private sealed interface Piece {
    record Literal(String text) implements Piece {}

    record Cell(int row, int column) implements Piece {}
  }

  private final List<String> lines;
  private final List<List<Piece>> templates = new ArrayList<>();
  private final boolean steps;
  private final int columns;

  private FeatureTemplates(List<String> lines) {
    this.lines = List.copyOf(lines);
    boolean stepsToo = false;
    int most = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.equals("B")) {
        stepsToo = true;
        continue;
      }
      if (!line.startsWith("U")) {
        throw new IllegalArgumentException(
            "template line %d: «%s» begins with neither U nor stands B alone; write such as U05:%%x[-1,0]/%%x[0,0], or B"
                .formatted(i + 1, line));
      }
      List<Piece> pieces = pieces(line, i + 1);
      for (Piece piece : pieces) {
        most = piece instanceof Piece.Cell cell ? Math.max(most, cell.column() + 1) : most;
      }
      templates.add(pieces);
    }
    if (templates.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no template of features; write such as U00:%x[0,0]");
    }
    this.steps = stepsToo;
    this.columns = Math.max(1, most);
  }

  private static List<Piece> pieces(String line, int number) {
    var pieces = new ArrayList<Piece>();
    Matcher cells = CELL.matcher(line);
    int end = 0;
    while (cells.find()) {
      pieces.add(new Piece.Literal(line.substring(end, cells.start())));
      pieces.add(
          new Piece.Cell(Integer.parseInt(cells.group(1)), Integer.parseInt(cells.group(2))));
      end = cells.end();
    }
    pieces.add(new Piece.Literal(line.substring(end)));
    if (line.indexOf('%', end) >= 0) {
      throw new IllegalArgumentException(
          "template line %d: «%s» has a cell of another form; write %%x[row,column]"
              .formatted(number, line));
    }
    return pieces;
  }

  /// @throws IllegalArgumentException for a line of another form
  public static FeatureTemplates of(List<String> lines) {
    return new FeatureTemplates(lines);
  }

  /// The usual ones for rows of so many columns: each column two rows before and after, pairs of
  /// neighbours, and of all columns but the first triples; tags depend on the tag before.
  public static FeatureTemplates usual(int columns) {
    var lines = new ArrayList<String>();
    for (int c = 0; c < columns; c++) {
      for (int row = -2; row <= 2; row++) {
        lines.add("U%d%d:%%x[%d,%d]".formatted(c, row + 2, row, c));
      }
      for (int row = c == 0 ? -1 : -2; row < (c == 0 ? 1 : 2); row++) {
        lines.add("U%d%d:%%x[%d,%d]/%%x[%d,%d]".formatted(c, row + 12, row, c, row + 1, c));
      }
      for (int row = -2; row <= 0 && c > 0; row++) {
        lines.add(
            "U%d%d:%%x[%d,%d]/%%x[%d,%d]/%%x[%d,%d]"
                .formatted(c, row + 22, row, c, row + 1, c, row + 2, c));
      }
    }
    lines.add("B");
    return new FeatureTemplates(lines);
  }

  /// The lines as they were given.
  public List<String> lines() {
    return lines;
  }

  /// Whether tags depend on the tag before.
  boolean steps() {
    return steps;
  }

  /// How many columns a row has to have at least.
  public int columns() {
    return columns;
  }

  /// Gives the features of a row.
  void each(List<List<String>> rows, int at, Consumer<String> features) {
    var feature = new StringBuilder();
    for (List<Piece> template : templates) {
      feature.setLength(0);
      for (Piece piece : template) {
        switch (piece) {
          case Piece.Literal literal -> feature.append(literal.text());
          case Piece.Cell cell -> {
            int row = at + cell.row();
            if (row < 0) {
              feature.append("_B").append(row);
            } else if (row >= rows.size()) {
              feature.append("_B+").append(row - rows.size() + 1);
            } else {
              feature.append(rows.get(row).get(cell.column()));
            }
          }
        }
      }
      features.accept(feature.toString());
    }
  }
}
