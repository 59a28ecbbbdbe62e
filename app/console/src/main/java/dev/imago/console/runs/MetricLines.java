package dev.imago.console.runs;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Lines of `metrics.jsonl`, number by number.
public final class MetricLines {
  private static final JsonMapper JSON = JsonMapper.shared();

  private MetricLines() {}

  /// Is told of each number of a line.
  @FunctionalInterface
  public interface Numbers {
    void number(String name, double value);
  }

  /// Reads one line; what is no object of numbers is passed over. A number that is none (`"NaN"`,
  /// `"Infinity"`) is told as such.
  ///
  /// @return whether it was an object to its end: a line that a kill broke off is not
  public static boolean read(byte[] bytes, int from, int length, Numbers to) {
    try (JsonParser json = JSON.createParser(bytes, from, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      String name = "";
      for (JsonToken token = json.nextToken();
          token != JsonToken.END_OBJECT;
          token = json.nextToken()) {
        if (token == null) {
          return false;
        }
        switch (token) {
          case PROPERTY_NAME -> name = json.currentName();
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> to.number(name, json.getDoubleValue());
          case VALUE_STRING -> {
            if (json.getStringLength() <= 9) {
              special(name, json.getString(), to);
            }
          }
          case START_OBJECT, START_ARRAY -> json.skipChildren();
          default -> {}
        }
      }
      return true;
    } catch (JacksonException _) {
      return false;
    }
  }

  private static void special(String name, String value, Numbers to) {
    switch (value) {
      case "NaN" -> to.number(name, Double.NaN);
      case "Infinity" -> to.number(name, Double.POSITIVE_INFINITY);
      case "-Infinity" -> to.number(name, Double.NEGATIVE_INFINITY);
      default -> {}
    }
  }
}
