package dev.imago.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Samples in Prometheus' text form (version 0.0.4), as `/metrics` tells them.
public final class PrometheusText {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern LABEL =
      Pattern.compile("\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*+)\"\\s*,?\\s*");

  private PrometheusText() {}

  /// One measurement.
  public record Sample(String metric, Map<String, String> labels, double value) {
    public Sample {
      labels = Map.copyOf(labels);
    }
  }

  /// All samples of a text; a line that is none is passed over.
  public static List<Sample> parse(String text) {
    var samples = new ArrayList<Sample>();
    text.lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(line -> parse(line, samples));
    return samples;
  }

  private static void parse(String line, List<Sample> to) {
    Matcher name = NAME.matcher(line);
    if (!name.lookingAt()) {
      return;
    }
    int at = name.end();
    var labels = new TreeMap<String, String>();
    if (at < line.length() && line.charAt(at) == '{') {
      at++;
      Matcher label = LABEL.matcher(line);
      while (label.find(at) && label.start() == at) {
        labels.put(label.group(1), MetricSelector.unescaped(label.group(2)));
        at = label.end();
      }
      if (at >= line.length() || line.charAt(at) != '}') {
        return;
      }
      at++;
    }
    String[] rest = line.substring(at).strip().split("\\s+"); // a time may follow
    try {
      to.add(new Sample(name.group(), labels, value(rest[0])));
    } catch (NumberFormatException _) {
      // Not a sample.
    }
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /// A series' name and labels as one text.
  static String key(String metric, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return metric;
    }
    var out = new StringBuilder(metric).append('{');
    new TreeMap<>(labels)
        .forEach(
            (label, value) ->
                out.append(label)
                    .append("=\"")
                    .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                    .append("\","));
    out.setCharAt(out.length() - 1, '}');
    return out.toString();
  }
}
