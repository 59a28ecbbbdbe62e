package dev.imago.training;

import dev.imago.core.MarkupText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The losses of a run by step: kept in its checkpoints, drawn as `loss.svg`.
final class Curve {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 440;
  private static final int LEFT = 64;
  private static final int RIGHT = 24;
  private static final int TOP = 48;
  private static final int BOTTOM = 52;

  private final List<Map<String, Number>> points = new ArrayList<>();

  private final List<Sample> samples = new ArrayList<>();

  /// What the model wrote after a step.
  ///
  /// @param time in seconds since 1970
  record Sample(long step, double time, String prompt, String text) {}

  private record Series(String name, String colour, List<double[]> points) {}

  List<Map<String, Number>> points() {
    return List.copyOf(points);
  }

  List<Sample> samples() {
    return List.copyOf(samples);
  }

  void add(Sample sample) {
    samples.add(sample);
  }

  void add(Map<String, Number> point) {
    points.add(new TreeMap<>(point));
  }

  /// The last value of a key; NaN where there is none.
  double last(String key) {
    for (Map<String, Number> point : points.reversed()) {
      Number value = point.get(key);
      if (value != null) {
        return value.doubleValue();
      }
    }
    return Double.NaN;
  }

  /// The picture: training and held-out loss in nats a token over tokens seen. A dozen lines of
  /// SVG: the chart libraries' own SVG writers come under licences that we cannot ship.
  byte[] svg(String title) {
    var series =
        List.of(
            new Series("training", "#7aa6da", points("loss")),
            new Series("development", "#5fa55a", points("developmentLoss")),
            new Series("held out", "#d9822b", points("heldoutLoss")));
    double right = 1;
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (Series one : series) {
      for (double[] point : one.points()) {
        right = Math.max(right, point[0]);
        low = Math.min(low, point[1]);
        high = Math.max(high, point[1]);
      }
    }
    if (low > high) {
      low = 0;
      high = 1;
    }
    double step = tick(Math.max(1e-3, high - low) / 5);
    double bottom = Math.floor(low / step) * step;
    double top = Math.max(bottom + step, Math.ceil(high / step) * step);
    var svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <style>svg{background:#fff;color:#333}@media(prefers-color-scheme:dark){svg{background:#16181c;color:#ccc}}text{fill:currentColor}</style>
        """
            .formatted(WIDTH, HEIGHT));
    text(svg, WIDTH / 2.0, 24, "middle", MarkupText.escaped(title));
    text(svg, WIDTH / 2.0, HEIGHT - 12, "middle", "tokens seen");
    text(svg, 8, TOP - 14, "start", "nats a token");
    for (double y = bottom; y <= top + step / 2; y += step) {
      line(svg, LEFT, y(y, bottom, top), WIDTH - RIGHT, y(y, bottom, top));
      text(svg, LEFT - 8, y(y, bottom, top) + 4, "end", "%.3g".formatted(y));
    }
    double across = tick(right / 6);
    for (double x = 0; x <= right; x += across) {
      line(svg, x(x, right), HEIGHT - BOTTOM, x(x, right), HEIGHT - BOTTOM + 5);
      text(svg, x(x, right), HEIGHT - BOTTOM + 20, "middle", count(x));
    }
    List<Series> drawn = series.stream().filter(one -> !one.points().isEmpty()).toList();
    for (int i = 0; i < drawn.size(); i++) {
      Series one = drawn.get(i);
      svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"").append(one.colour());
      svg.append("\" points=\"");
      for (double[] point : one.points()) {
        svg.append(
            String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0], right), y(point[1], bottom, top)));
      }
      svg.append("\"/>\n");
      svg.append(
          "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"3\" fill=\"%s\"/>%n"
              .formatted(WIDTH - 190, TOP + 12 + 20 * i, one.colour()));
      double last = one.points().getLast()[1];
      text(svg, WIDTH - 170, TOP + 17 + 20 * i, "start", "%s  %.3f".formatted(one.name(), last));
    }
    return svg.append("</svg>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private List<double[]> points(String key) {
    var found = new ArrayList<double[]>();
    for (Map<String, Number> point : points) {
      Number value = point.get(key);
      Number tokens = point.get("tokens");
      if (value != null && tokens != null) {
        found.add(new double[] {tokens.doubleValue(), value.doubleValue()});
      }
    }
    return found;
  }

  private static double x(double tokens, double right) {
    return LEFT + tokens / right * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double loss, double bottom, double top) {
    return HEIGHT - BOTTOM - (loss - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM);
  }

  /// 1, 2 or 5 times a power of ten, at least this wide.
  private static double tick(double width) {
    double power = Math.pow(10, Math.floor(Math.log10(width)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= width) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String count(double tokens) {
    return tokens >= 1e6
        ? "%.4gM".formatted(tokens / 1e6).replaceAll("\\.?0+M", "M")
        : tokens >= 1e3 ? "%.0fk".formatted(tokens / 1e3) : "%.0f".formatted(tokens);
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\""
                + " stroke-opacity=\".2\"/>%n",
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            words));
  }
}
