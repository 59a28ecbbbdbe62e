package dev.imago.sources;

import dev.imago.sources.PdfText.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Lines of a page in the order in which they are read: where a page has a gutter in its middle,
/// what is left of it comes before what is right of it, in each band between lines that cross it.
/// Otherwise the order is the file's, which writers mostly keep.
final class PdfColumns {
  /// Columns have so many lines each, at least.
  private static final int LEAST_LINES = 6;

  /// Lines of columns are this wide on average; narrower ones are a table's.
  private static final double LEAST_WIDTH = 0.2;

  /// At most so many of the lines cross a gutter: titles, pictures' captions.
  private static final double MOST_CROSSING = 0.35;

  private PdfColumns() {}

  static List<Line> inReadingOrder(List<Line> lines, float width) {
    double gutter = gutter(lines, width);
    if (Double.isNaN(gutter)) {
      return lines;
    }
    List<Line> down = lines.stream().sorted(Comparator.comparingDouble(Line::top)).toList();
    var ordered = new ArrayList<Line>();
    var left = new ArrayList<Line>();
    var right = new ArrayList<Line>();
    for (Line line : down) {
      if (line.right() <= gutter + 1) {
        left.add(line);
      } else if (line.left() >= gutter - 1) {
        right.add(line);
      } else {
        ordered.addAll(left);
        ordered.addAll(right);
        left.clear();
        right.clear();
        ordered.add(line);
      }
    }
    ordered.addAll(left);
    ordered.addAll(right);
    return ordered;
  }

  /// Where the gutter is; NaN where there is none.
  private static double gutter(List<Line> lines, float width) {
    double best = Double.NaN;
    int fewest = Integer.MAX_VALUE;
    for (double share = 0.4; share <= 0.6; share += 0.01) {
      double at = share * width;
      int left = 0;
      int right = 0;
      int crossing = 0;
      double wide = 0;
      for (Line line : lines) {
        if (line.right() <= at) {
          left++;
          wide += line.right() - line.left();
        } else if (line.left() >= at) {
          right++;
          wide += line.right() - line.left();
        } else {
          crossing++;
        }
      }
      boolean columns =
          left >= LEAST_LINES
              && right >= LEAST_LINES
              && crossing <= MOST_CROSSING * lines.size()
              && wide / (left + right) >= LEAST_WIDTH * width;
      if (columns && crossing < fewest) {
        fewest = crossing;
        best = at;
      }
    }
    return best;
  }
}
