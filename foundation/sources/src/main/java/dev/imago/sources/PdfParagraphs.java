package dev.imago.sources;

import dev.imago.sources.PdfText.Line;
import java.util.ArrayList;
import java.util.List;

/// Paragraphs of lines: a line goes on with the next one of the same column and size that follows
/// closely. A word that a line's end parts is joined.
final class PdfParagraphs {
  private final StringBuilder out = new StringBuilder();
  private final List<Integer> pageStarts = new ArrayList<>();

  /// @param lines of a page, in reading order
  void page(List<Line> lines) {
    double spacing = spacing(lines);
    double widest = lines.stream().mapToDouble(line -> line.right() - line.left()).max().orElse(0);
    Line before = null;
    for (Line line : lines) {
      if (before == null) {
        // A page's end may part a sentence.
        begin(goesOn(out), line.text());
        pageStarts.add(out.length() - line.text().length());
      } else {
        double gap = line.top() - before.bottom();
        boolean sameColumn = line.left() < before.right() && line.right() > before.left();
        boolean close = gap > -before.height() && gap <= Math.max(spacing * 1.6, 1);
        boolean sameSize = Math.abs(line.height() - before.height()) < 0.35 * before.height();
        boolean full = before.right() - before.left() > 0.45 * widest;
        boolean sameLine = Math.abs(line.bottom() - before.bottom()) < 0.3 * before.height();
        if (sameLine) {
          // Far apart, they are cells of a table.
          out.append(line.left() - before.right() > 4 * before.height() ? '\t' : ' ')
              .append(line.text());
        } else if (sameColumn && close && sameSize && full && !bullet(line.text())) {
          begin(true, line.text());
        } else if (!sameColumn && line.top() < before.top() && goesOn(out)) {
          begin(true, line.text());
        } else {
          out.append(sameColumn && close ? "\n" : "\n\n").append(line.text());
        }
      }
      before = line;
    }
    if (before == null) {
      pageStarts.add(out.length());
    }
  }

  private void begin(boolean joined, String text) {
    if (out.isEmpty()) {
      out.append(text);
    } else if (!joined) {
      out.append("\n\n").append(text);
    } else {
      join(text);
    }
  }

  private void join(String text) {
    int last = out.length() - 1;
    char end = out.charAt(last);
    boolean hyphen =
        (end == '-' || end == '\u00ad' || end == '\u2010')
            && last > 0
            && Character.isLetter(out.charAt(last - 1))
            && Character.isLowerCase(text.charAt(0));
    if (hyphen) {
      out.setLength(last);
    } else if (!(wide(end) && wide(text.charAt(0)))) {
      out.append(' ');
    }
    out.append(text);
  }

  /// Chinese and Japanese have no blank between lines.
  private static boolean wide(char c) {
    return Character.isIdeographic(c) || c >= 0x3000 && c < 0x3100 || c >= 0xff00 && c < 0xffa0;
  }

  private static boolean goesOn(StringBuilder text) {
    if (text.isEmpty()) {
      return false;
    }
    char end = text.charAt(text.length() - 1);
    return Character.isLowerCase(end)
        || end == ','
        || end == '-'
        || wide(end) && "。！？；」』）".indexOf(end) < 0;
  }

  private static boolean bullet(String text) {
    return text.matches("(?s)([•▪◦‣·–—*-]|\\(?[0-9]{1,2}[.)]|\\(?[a-z]\\))\\s.*");
  }

  /// The usual gap between lines.
  private static double spacing(List<Line> lines) {
    double[] gaps = new double[Math.max(0, lines.size() - 1)];
    int n = 0;
    for (int i = 1; i < lines.size(); i++) {
      double gap = lines.get(i).top() - lines.get(i - 1).bottom();
      if (gap > 0 && gap < 3 * lines.get(i).height()) {
        gaps[n++] = gap;
      }
    }
    java.util.Arrays.sort(gaps, 0, n);
    return n == 0 ? 4 : gaps[n / 2];
  }

  /// Where each page begins in the text.
  List<Integer> pageStarts() {
    return pageStarts;
  }

  String text() {
    return out.toString();
  }
}
