package dev.imago.console;

import dev.imago.console.curves.CurveDrawing;
import dev.imago.console.curves.Points;
import dev.imago.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tables and curves as they leave for other programs.
final class SentFiles {
  private SentFiles() {}

  /// Sends a file that a browser keeps.
  static void send(Exchange exchange, String type, String name, String content) {
    exchange.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    exchange.send(type, content.getBytes(StandardCharsets.UTF_8));
  }

  /// RFC 4180. A text that a spreadsheet would take for a formula has an apostrophe before it.
  static String csv(List<List<String>> rows) {
    var out = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        out.append(i == 0 ? "" : ",");
        cell(row.get(i), out);
      }
      out.append("\r\n");
    }
    return out.toString();
  }

  private static void cell(String text, StringBuilder out) {
    String safe = text;
    if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 && !isNumber(text)) {
      safe = "'" + text;
    }
    if (safe.indexOf(',') >= 0
        || safe.indexOf('"') >= 0
        || safe.indexOf('\n') >= 0
        || safe.indexOf('\r') >= 0) {
      out.append('"').append(safe.replace("\"", "\"\"")).append('"');
    } else {
      out.append(safe);
    }
  }

  private static boolean isNumber(String text) {
    return text.matches("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?|[+-]Infinity");
  }

  /// Rows as objects, by the names of the first row.
  static List<Map<String, String>> objects(List<List<String>> rows) {
    var objects = new ArrayList<Map<String, String>>();
    List<String> names = rows.getFirst();
    for (List<String> row : rows.subList(1, rows.size())) {
      var object = new LinkedHashMap<String, String>();
      for (int i = 0; i < row.size(); i++) {
        String name = i < names.size() ? names.get(i) : "";
        object.put(name.isEmpty() || object.containsKey(name) ? name + (i + 1) : name, row.get(i));
      }
      objects.add(object);
    }
    return objects;
  }

  /// Lines as a chart takes them: places and values, as they were and smoothed.
  static Map<String, Object> lines(String metric, List<CurveDrawing.Series> series) {
    var lines = new ArrayList<Map<String, Object>>();
    for (CurveDrawing.Series each : series) {
      var line = new LinkedHashMap<String, Object>();
      line.put("label", each.label());
      line.put("x", each.points().x());
      line.put("y", values(each.points()));
      if (each.faint().size() > 0) {
        line.put("rawX", each.faint().x());
        line.put("raw", values(each.faint()));
      }
      lines.add(line);
    }
    return Map.of("metric", metric, "series", lines);
  }

  /// JSON knows no NaN: it is a gap.
  private static List<@Nullable Double> values(Points points) {
    var values = new ArrayList<@Nullable Double>(points.size());
    for (double y : points.y()) {
      values.add(Double.isFinite(y) ? (Double) y : null);
    }
    return values;
  }

  static String csv(String along, String metric, List<CurveDrawing.Series> series) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("run", along, metric));
    for (CurveDrawing.Series each : series) {
      for (int i = 0; i < each.points().size(); i++) {
        rows.add(
            List.of(
                each.label(),
                Double.toString(each.points().x()[i]),
                Double.toString(each.points().y()[i])));
      }
    }
    return csv(rows);
  }
}
