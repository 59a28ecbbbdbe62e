package dev.imago.alerts;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Which series a rule means, as PromQL says it: a name, and what their labels must be.
///
/// `imago_requests_total`, `imago_requests_total{status=~"5..", route!="/health"}`. Without braces
/// any text is a name: trainers call their metrics what they like.
record MetricSelector(String name, List<LabelMatcher> labels) {
  private static final Pattern FORM = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{(.*)}");
  private static final Pattern LABEL =
      Pattern.compile(
          "\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*+)\"\\s*(,|$)");

  MetricSelector {
    labels = List.copyOf(labels);
  }

  /// @throws ConfigException for braces that hold no labels
  static MetricSelector parse(String text) {
    if (text.indexOf('{') < 0) {
      return new MetricSelector(text, List.of());
    }
    Matcher whole = FORM.matcher(text);
    if (!whole.matches()) {
      throw wrong(text);
    }
    var labels = new ArrayList<LabelMatcher>();
    String inner = whole.group(2);
    Matcher each = LABEL.matcher(inner);
    int at = 0;
    while (at < inner.length()) {
      if (!each.find(at) || each.start() != at) {
        throw wrong(text);
      }
      labels.add(LabelMatcher.of(each.group(1), each.group(2), unescaped(each.group(3))));
      at = each.end();
    }
    return new MetricSelector(whole.group(1), labels);
  }

  private static ConfigException wrong(String text) {
    return new ConfigException(
        "metric = %s is no name with labels; one is imago_requests_total{status=~\"5..\"}"
            .formatted(text));
  }

  /// What stands between the quotes of a label's value.
  static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        out.append(next == 'n' ? '\n' : next);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  boolean matches(String metric, Map<String, String> of) {
    if (!metric.equals(name)) {
      return false;
    }
    for (LabelMatcher label : labels) {
      if (!label.matches(of)) {
        return false;
      }
    }
    return true;
  }

  /// One label and what it must be; one that is not there is empty.
  record LabelMatcher(String label, boolean equal, String value, Pattern pattern) {
    /// @param operator `=`, `!=`, `=~` or `!~`
    static LabelMatcher of(String label, String operator, String value) {
      try {
        Pattern pattern =
            Pattern.compile(operator.endsWith("~") ? value : Pattern.quote(value), Pattern.DOTALL);
        return new LabelMatcher(label, operator.startsWith("="), value, pattern);
      } catch (PatternSyntaxException e) {
        throw new ConfigException(
            "%s%s\"%s\" is no regular expression: %s"
                .formatted(label, operator, value, e.getDescription()),
            e);
      }
    }

    boolean matches(Map<String, String> labels) {
      return pattern.matcher(labels.getOrDefault(label, "")).matches() == equal;
    }
  }
}
