package dev.imago.cli.sweep;

import dev.imago.core.ConfigException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What one setting may be: `2,4,8` is a choice, `0..0.3` anything in between, `log:1e-4..1e-2`
/// anything in between, each power of ten as likely as the others. Of whole numbers where the
/// setting is one.
public sealed interface SearchRange {
  /// Significant digits of what is drawn: more tell nothing, and nobody could read them.
  MathContext DIGITS = new MathContext(4);

  /// A value, as a recipe would say it.
  String draw(Random random);

  /// The values at which it is seen whether the setting takes them all.
  List<String> ends();

  /// Where a value stands within the range: 0 … 1.
  double place(String value);

  /// One of several.
  ///
  /// @param values as a recipe says them
  record Choice(List<String> values) implements SearchRange {
    public Choice {
      values = List.copyOf(values);
    }

    @Override
    public String draw(Random random) {
      return values.get(random.nextInt(values.size()));
    }

    @Override
    public List<String> ends() {
      return values;
    }

    @Override
    public double place(String value) {
      return values.size() == 1 ? 0.5 : values.indexOf(value) / (values.size() - 1.0);
    }
  }

  /// Anything in between, both ends included.
  ///
  /// @param log whether its logarithm is drawn evenly
  /// @param whole whether it is rounded to whole numbers
  record Between(double low, double high, boolean log, boolean whole) implements SearchRange {
    @Override
    public String draw(Random random) {
      double share = random.nextDouble();
      // Every whole number of an even range is as likely as its ends.
      double drawn =
          log
              ? low * Math.pow(high / low, share)
              : whole ? Math.floor(low + share * (high - low + 1)) : low + share * (high - low);
      double rounded = whole ? Math.rint(drawn) : new BigDecimal(drawn).round(DIGITS).doubleValue();
      return text(Math.clamp(rounded, low, high));
    }

    private String text(double value) {
      return whole
          ? Long.toString((long) value)
          : new BigDecimal(Double.toString(value)).toPlainString();
    }

    @Override
    public List<String> ends() {
      return List.of(text(low), text(high));
    }

    @Override
    public double place(String value) {
      double at = Double.parseDouble(value);
      return high == low
          ? 0.5
          : log ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low);
    }
  }

  Pattern BETWEEN = Pattern.compile("(log:)?\\s*([^,\\s]+?)\\s*\\.\\.\\s*([^,\\s]+)");

  /// Reads one.
  ///
  /// @param setting for messages
  /// @param whole whether the setting is a whole number
  /// @throws ConfigException for what is no range, or an empty one
  static SearchRange parse(String setting, String text, boolean whole) {
    Matcher between = BETWEEN.matcher(text.strip());
    if (between.matches()) {
      return between(
          setting,
          text,
          number(setting, text, between.group(2)),
          number(setting, text, between.group(3)),
          between.group(1) != null,
          whole);
    }
    if (text.strip().startsWith("log:")) {
      throw new ConfigException(
          "%s=%s is no range: log: takes two ends, such as log:1e-4..1e-2"
              .formatted(setting, text));
    }
    return choice(setting, text);
  }

  private static SearchRange between(
      String setting, String text, double low, double high, boolean log, boolean whole) {
    if (!(low < high)) {
      throw new ConfigException(
          "%s=%s is empty: its lower end is not below its upper one; turn them round, or give the one value without --set"
              .formatted(setting, text));
    }
    if (log && low <= 0) {
      throw new ConfigException(
          "%s=%s has no logarithm at %s: begin above 0, or leave log: out"
              .formatted(setting, text, plain(low)));
    }
    if (whole && (low != Math.rint(low) || high != Math.rint(high))) {
      throw new ConfigException(
          "%s=%s: the setting is a whole number, and so are the ends of its range"
              .formatted(setting, text));
    }
    return new Between(low, high, log, whole);
  }

  private static SearchRange choice(String setting, String text) {
    JsonNode values;
    try {
      values = new YAMLMapper().readTree("[" + text + "]");
    } catch (JacksonException e) {
      throw new ConfigException(
          "%s=%s is no range: give values 2,4,8, or ends 0..0.3, or log:1e-4..1e-2"
              .formatted(setting, text),
          e);
    }
    var said = new LinkedHashSet<String>();
    for (JsonNode value : values) {
      if (value.isNull() || value.isString() && value.stringValue().isBlank()) {
        throw new ConfigException(
            "%s=%s leaves a value empty: give values 2,4,8".formatted(setting, text));
      }
      said.add(value.isString() ? value.stringValue() : value.toString());
    }
    if (said.isEmpty()) {
      throw new ConfigException(
          "%s= is empty: give values 2,4,8, or ends 0..0.3, or log:1e-4..1e-2".formatted(setting));
    }
    return new Choice(List.copyOf(said));
  }

  private static double number(String setting, String text, String end) {
    try {
      double number = Double.parseDouble(end);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new ConfigException(
        "%s=%s is no range: «%s» is no number; numbers are 3, 0.01 and 1e-4"
            .formatted(setting, text, end));
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
