package dev.imago.console.runs;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// What lists know of a run.
///
/// @param key by which addresses name it: never a path
/// @param id as its trainer named it
/// @param folder that holds its files
/// @param started milliseconds since 1970
/// @param seconds from start to end; of one that goes on, until its last word
/// @param error the message, where it failed
/// @param heard when its files last changed, milliseconds since 1970
/// @param words see [#words]: kept, since a hundred thousand are looked through while somebody
///   types
public record RunEntry(
    String key,
    String id,
    Path folder,
    String recipe,
    String step,
    String stage,
    RunState state,
    long started,
    double seconds,
    String error,
    NamedTexts settings,
    NamedNumbers last,
    Map<String, String> inputs,
    Map<String, String> outputs,
    long heard,
    String words) {
  /// Among the last values: joules that the stage took, counted; or the bounds of an estimate.
  public static final String JOULES = "stageJoules";

  public static final String JOULES_LOW = "stageJoulesLow";
  public static final String JOULES_HIGH = "stageJoulesHigh";

  public RunEntry {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  RunEntry in(RunState other) {
    return new RunEntry(
        key, id, folder, recipe, step, stage, other, started, seconds, error, settings, last,
        inputs, outputs, heard, words);
  }

  /// All that a reader may look for, in lower case.
  static String words(
      String id,
      String recipe,
      String stage,
      String error,
      NamedTexts settings,
      Map<String, String> outputs) {
    var words = new StringBuilder(id).append('\n').append(recipe).append('\n').append(stage);
    words.append('\n').append(error);
    for (String value : settings.values()) {
      words.append('\n').append(value);
    }
    outputs.values().forEach(o -> words.append('\n').append(o));
    return words.toString().toLowerCase(Locale.ROOT);
  }

  /// Whether a word stands in what a reader may look for, whatever the case.
  ///
  /// @param word in lower case
  boolean mentions(String word) {
    return words.contains(word);
  }

  /// A field by its name in addresses: `state`, `recipe`, `s:depth` for a setting …
  public String text(String field) {
    return switch (field) {
      case "run" -> id;
      case "state" -> state.word();
      case "recipe" -> recipe;
      case "step" -> step;
      case "stage" -> stage;
      case "error" -> error;
      default -> field.startsWith("s:") ? settings.get(field.substring(2)) : "";
    };
  }

  /// A field that is a number: `started`, `took`, `m:loss` for a metric, `s:depth` for a setting
  /// that is one; not a number where it is none.
  public double number(String field) {
    return switch (field) {
      case "started" -> started;
      case "took" -> seconds;
      default -> {
        if (field.startsWith("m:")) {
          yield last.get(field.substring(2));
        }
        yield parsed(text(field));
      }
    };
  }

  static double parsed(String text) {
    if (text.isEmpty() || text.length() > 40) {
      return Double.NaN;
    }
    char first = text.charAt(0);
    if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text.toLowerCase(Locale.ROOT));
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }
}
