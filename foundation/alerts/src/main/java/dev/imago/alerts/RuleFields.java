package dev.imago.alerts;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Settings of a part of a rule, by name.
///
/// @param where the part, as messages name it
record RuleFields(String where, JsonNode node) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(s|m|h|d|w)");
  private static final Map<String, Integer> UNITS =
      Map.of("s", 1, "m", 60, "h", 3600, "d", 86_400, "w", 604_800);
  private static final double MOST = 1e300;

  /// @throws ConfigException for a part that is none, and for a setting that is not known
  RuleFields only(List<String> known) {
    if (!node.isObject()) {
      throw new ConfigException(
          "%s holds no settings; it knows %s".formatted(where, String.join(", ", known)));
    }
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw new ConfigException(
            "%s: there is no setting %s%s".formatted(where, name, Nearest.hint(name, known)));
      }
    }
    return this;
  }

  boolean has(String name) {
    return node.has(name);
  }

  String text(String name) {
    JsonNode value = node.path(name);
    if (!value.isString() || value.asString().isBlank()) {
      throw new ConfigException("%s: %s is missing, or no text".formatted(where, name));
    }
    return value.asString();
  }

  /// A metric's name, with labels or without.
  String metric(String name) {
    String text = text(name);
    try {
      MetricSelector.parse(text);
    } catch (ConfigException e) {
      throw new ConfigException("%s: %s".formatted(where, e.getMessage()), e);
    }
    return text;
  }

  /// Parts of a list; none where it is not given.
  List<RuleFields> list(String name) {
    JsonNode list = node.path(name);
    if (!list.isMissingNode() && !list.isArray()) {
      throw new ConfigException("%s: %s is no list".formatted(where, name));
    }
    var parts = new java.util.ArrayList<RuleFields>();
    for (int i = 0; i < list.size(); i++) {
      parts.add(new RuleFields("%s[%d]".formatted(name, i), list.get(i)));
    }
    return parts;
  }

  /// Yes or no; the usual one where it is not given.
  boolean flag(String name, boolean usual) {
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw new ConfigException(
          "%s: %s = %s is neither true nor false".formatted(where, name, value));
    }
    return value.asBoolean(usual);
  }

  /// A number; the usual one where it is not given.
  double number(String name, double usual, double least, double most) {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return usual;
    }
    if (!value.isNumber()) {
      throw new ConfigException("%s: %s = %s is no number".formatted(where, name, value));
    }
    Bounds.number(where + ": " + name, value.asDouble(), least, most);
    return value.asDouble();
  }

  double number(String name) {
    if (!has(name)) {
      throw new ConfigException("%s: %s is missing; it is a number".formatted(where, name));
    }
    return number(name, 0, -MOST, MOST);
  }

  /// Of `above` and `below` the one that is given.
  boolean above() {
    if (has("above") == has("below")) {
      throw new ConfigException(where + ": give one of above and below");
    }
    return has("above");
  }

  /// A duration in seconds, such as `5m`, as Prometheus writes it.
  double duration(String name, String usual) {
    JsonNode value = node.path(name);
    String text = value.isMissingNode() ? usual : value.asString("");
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw new ConfigException(
          "%s: %s = %s is no duration; give one like 30s, 5m, 6h or 3d"
              .formatted(where, name, value.isMissingNode() ? "(missing)" : value));
    }
    double seconds = Double.parseDouble(parts.group(1)) * UNITS.getOrDefault(parts.group(2), 1);
    Bounds.number(where + ": " + name + " in seconds", seconds, 0, 366 * 86_400.0);
    return seconds;
  }

  /// A window: a duration above 0.
  double window(String name, String usual) {
    double seconds = duration(name, usual);
    if (seconds == 0) {
      throw new ConfigException("%s: %s is empty; give one like 5m".formatted(where, name));
    }
    return seconds;
  }

  /// Texts by name.
  Map<String, String> texts(String name) {
    JsonNode values = node.path(name);
    var all = new TreeMap<String, String>();
    if (values.isMissingNode()) {
      return all;
    }
    if (!values.isObject()) {
      throw new ConfigException("%s: %s holds no names".formatted(where, name));
    }
    for (Map.Entry<String, JsonNode> each : values.properties()) {
      if (!each.getValue().isValueNode()) {
        throw new ConfigException("%s: %s.%s is no text".formatted(where, name, each.getKey()));
      }
      all.put(each.getKey(), each.getValue().asString());
    }
    return all;
  }
}
