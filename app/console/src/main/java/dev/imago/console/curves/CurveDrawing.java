package dev.imago.console.curves;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/// Curves over each other as SVG, for pages without scripts and for people's own papers. Colours
/// come from the page's style sheet, or stand in the picture where it goes on its own.
public final class CurveDrawing {
  /// Colours of the series one after the other, that people who see fewer colours tell apart (Okabe
  /// & Ito 2008), for pictures without a style sheet.
  private static final List<String> COLOURS =
      List.of(
          "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#5b5b5b");

  private static final int WIDTH = 720;
  private static final int HEIGHT = 260;
  private static final int LEFT = 62;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 30;

  private CurveDrawing() {}

  /// One line.
  ///
  /// @param points as they are drawn
  /// @param faint as they were before they were smoothed; without points where they were not
  public record Series(String label, Points points, Points faint) {}

  /// @param title what a reader who sees no picture is told
  /// @param numbers how a number is written
  /// @param logarithmic whether the values stand on a scale of logarithms, where all are positive
  /// @param alone whether the picture goes without a style sheet
  public static Element draw(
      String title,
      List<Series> series,
      DoubleFunction<String> numbers,
      boolean logarithmic,
      boolean alone) {
    var box = Box.around(series, logarithmic);
    Element svg =
        Element.of("svg")
            .is("curve")
            .with("xmlns", "http://www.w3.org/2000/svg")
            .with("viewBox", "0 0 %d %d".formatted(WIDTH, HEIGHT))
            .with("role", "img")
            .with("aria-label", title);
    if (alone) {
      svg.with("font-family", "sans-serif").with("font-size", "11").with("width", WIDTH);
      svg.add(
          Element.of("rect").with("width", WIDTH).with("height", HEIGHT).with("fill", "#ffffff"));
    }
    svg.add(Element.of("title", Content.text(title)));
    svg.add(grid(box, numbers, alone));
    for (int i = 0; i < series.size(); i++) {
      Series each = series.get(i);
      if (each.faint().size() > 0) {
        svg.add(line(box, each.faint(), i, "faint", alone));
      }
      svg.add(line(box, each.points(), i, "line", alone));
    }
    return svg;
  }

  /// A whole file.
  public static String file(
      String title, List<Series> series, DoubleFunction<String> numbers, boolean logarithmic) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + draw(title, series, numbers, logarithmic, true);
  }

  /// What is seen: the range of places and of values.
  private record Box(double left, double right, double low, double high, boolean logarithmic) {
    static Box around(List<Series> series, boolean wanted) {
      double left = Double.POSITIVE_INFINITY;
      double right = Double.NEGATIVE_INFINITY;
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (Series each : series) {
        for (int i = 0; i < each.points().size(); i++) {
          double x = each.points().x()[i];
          double y = each.points().y()[i];
          if (Double.isFinite(x) && Double.isFinite(y)) {
            left = Math.min(left, x);
            right = Math.max(right, x);
            low = Math.min(low, y);
            high = Math.max(high, y);
          }
        }
      }
      if (left > right) {
        return new Box(0, 1, 0, 1, false);
      }
      if (wanted && low > 0) {
        return new Box(left, right, low, high > low ? high : low * 10, true);
      }
      double room = high > low ? (high - low) * 0.05 : Math.max(Math.abs(high) * 0.05, 1e-9);
      return new Box(left, right, low - room, high + room, false);
    }

    double across(double x) {
      return right > left
          ? LEFT + (x - left) / (right - left) * (WIDTH - LEFT - RIGHT)
          : (LEFT + WIDTH - RIGHT) / 2.0;
    }

    double down(double y) {
      double share =
          logarithmic
              ? (Math.log(y) - Math.log(low)) / (Math.log(high) - Math.log(low))
              : (y - low) / (high - low);
      return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }
  }

  private static Content grid(Box box, DoubleFunction<String> numbers, boolean alone) {
    var parts = new ArrayList<Element>();
    List<Double> rows =
        box.logarithmic()
            ? Ticks.powers(box.low(), box.high())
            : Ticks.between(box.low(), box.high(), 4);
    for (double y : rows) {
      double down = box.down(y);
      parts.add(
          stroke(
              Element.of("line")
                  .is("grid")
                  .with("x1", LEFT)
                  .with("x2", WIDTH - RIGHT)
                  .with("y1", place(down))
                  .with("y2", place(down)),
              alone,
              "#dddddd"));
      parts.add(label(numbers.apply(tidy(y)), LEFT - 6, down + 4, "end"));
    }
    for (double x : Ticks.between(box.left(), box.right(), 6)) {
      parts.add(label(numbers.apply(tidy(x)), box.across(x), HEIGHT - 10, "middle"));
    }
    return Element.of("g").with("aria-hidden", "true").add(parts);
  }

  /// Without what the sums of ticks leave behind: 0.30000000000000004.
  private static double tidy(double value) {
    return value == 0
        ? 0
        : new java.math.BigDecimal(value, new java.math.MathContext(10)).doubleValue();
  }

  private static Element label(String text, double x, double y, String anchor) {
    return Element.of("text", Content.text(text))
        .is("tick")
        .with("x", place(x))
        .with("y", place(y))
        .with("text-anchor", anchor);
  }

  private static Element stroke(Element element, boolean alone, String colour) {
    return alone ? element.with("stroke", colour) : element;
  }

  private static Content line(Box box, Points points, int series, String kind, boolean alone) {
    var path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < points.size(); i++) {
      double y = points.y()[i];
      if (!Double.isFinite(y) || box.logarithmic() && y <= 0) {
        pen = false;
        continue;
      }
      path.append(pen ? 'L' : 'M')
          .append(place(box.across(points.x()[i])))
          .append(' ')
          .append(place(box.down(y)));
      pen = true;
    }
    if (path.isEmpty()) {
      return Content.NONE;
    }
    if (path.indexOf("L") < 0) {
      path.append("h0.01"); // one point: a round end of a line without length
    }
    int colour = series % COLOURS.size();
    Element line =
        Element.of("path").is("%s series-%d".formatted(kind, colour)).with("d", path.toString());
    if (alone) {
      line.with("fill", "none")
          .with("stroke", COLOURS.get(colour))
          .with("stroke-width", "1.5")
          .with("stroke-linecap", "round")
          .when(kind.equals("faint"), "stroke-opacity", "0.3");
    }
    return line;
  }

  private static String place(double at) {
    return String.format(Locale.ROOT, "%.1f", at);
  }
}
