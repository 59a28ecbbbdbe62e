package dev.imago.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Lines of a run's `metrics.jsonl`, number by number. A number that is none is written as a text
/// (`"NaN"`, `"Infinity"`, `"-Infinity"`) and read as what it says; the texts of a sample are not.
public final class MetricLines {
  private static final JsonMapper JSON = JsonMapper.shared();

  private MetricLines() {}

  /// Is told of each number of a line.
  @FunctionalInterface
  public interface Numbers {
    void number(String name, double value);
  }

  /// The numbers of each line of a file, by name; none for a run that had nothing to tell.
  ///
  /// @throws ImagoException for a file that cannot be read
  public static List<Map<String, Double>> read(Path file) {
    var points = new ArrayList<Map<String, Double>>();
    read(file, points::add);
    return points;
  }

  /// The same, line by line. One that a kill broke off is passed over, and so is one without a
  /// number.
  ///
  /// @throws ImagoException for a file that cannot be read
  public static void read(Path file, Consumer<Map<String, Double>> to) {
    // Not Files.newBufferedReader: a kill may break off a line in the middle of a character.
    try (var lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        var point = new TreeMap<String, Double>();
        try (JsonParser json = JSON.createParser(line)) {
          if (read(json, point::put) && !point.isEmpty()) {
            to.accept(point);
          }
        } catch (JacksonException _) {
          // Broken off.
        }
      }
    } catch (NoSuchFileException _) {
      // A run that had nothing to tell.
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Reads one line; what is no object of numbers is passed over.
  ///
  /// @return whether it was an object to its end: a line that a kill broke off is not
  public static boolean read(byte[] bytes, int from, int length, Numbers to) {
    try (JsonParser json = JSON.createParser(bytes, from, length)) {
      return read(json, to);
    } catch (JacksonException _) {
      return false;
    }
  }

  private static boolean read(JsonParser json, Numbers to) {
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
          boolean ofSample = name.equals("sample") || name.equals("prompt");
          if (!ofSample && json.getStringLength() <= 9) {
            special(name, json.getString(), to);
          }
        }
        case START_OBJECT, START_ARRAY -> json.skipChildren();
        default -> {}
      }
    }
    return true;
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
