package dev.imago.suites;

import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A task's or a group's YAML, with what it includes: later keys win, and its own above all.
///
/// @param settings by key; a value that is Python (`!function`) is a text that begins with
///   [#FUNCTION]
record TaskFile(Path file, ObjectNode settings) {
  /// What stands before a function's name.
  static final String FUNCTION = "!function ";

  private static final Pattern FUNCTION_TAG = Pattern.compile("!function\\s+([^\\s#,\\]}]+)");
  private static final YAMLMapper YAML = new YAMLMapper();

  /// @throws InputException naming the file, and the line where it is broken
  static TaskFile read(Path file) {
    return new TaskFile(file, merged(file, new LinkedHashSet<>()));
  }

  private static ObjectNode merged(Path file, Set<Path> open) {
    Path place = file.toAbsolutePath().normalize();
    if (!open.add(place)) {
      throw new InputException(file + " includes itself; take the include out");
    }
    ObjectNode own = parsed(file);
    ObjectNode all = YAML.createObjectNode();
    JsonNode includes = own.remove("include");
    for (String name : names(file, includes)) {
      Path other = file.resolveSibling(name);
      if (!Files.exists(other)) {
        throw new InputException("%s includes %s, which is not there".formatted(file, other));
      }
      ObjectNode included = merged(other, open);
      included.remove("task_list");
      all.setAll(included);
    }
    all.setAll(own);
    open.remove(place); // two files may include one
    return all;
  }

  private static List<String> names(Path file, @org.jspecify.annotations.Nullable JsonNode node) {
    var names = new ArrayList<String>();
    if (node == null || node.isNull()) {
      return names;
    }
    for (JsonNode each : node.isArray() ? node : List.of(node)) {
      if (!each.isString()) {
        throw new InputException(file + ": include takes a file's name, or a list of them");
      }
      names.add(each.stringValue());
    }
    return names;
  }

  private static ObjectNode parsed(Path file) {
    try {
      String text = Files.readString(file);
      JsonNode tree =
          YAML.readTree(FUNCTION_TAG.matcher(text).replaceAll("\"" + FUNCTION + "$1\""));
      if (tree instanceof ObjectNode object) {
        return object;
      }
      throw new InputException(file + " holds no task: it takes keys such as task and output_type");
    } catch (JacksonException e) {
      String at =
          e.getLocation() == null ? "" : ", line " + Math.max(1, e.getLocation().getLineNr());
      String said = String.valueOf(e.getOriginalMessage());
      throw new InputException(
          "%s%s: not YAML (%s)".formatted(file, at, said.lines().findFirst().orElse("")), e);
    } catch (CharacterCodingException e) {
      throw new InputException(file + " is not UTF-8, and a task is a text file of YAML", e);
    } catch (NoSuchFileException e) {
      throw new InputException("no task at %s; name a .yaml file".formatted(file), e);
    } catch (IOException e) {
      throw new InputException(
          Files.isDirectory(file)
              ? file + " is a folder; name the .yaml files in it"
              : "cannot read %s: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  /// Refuses every value that is Python, by its key.
  void refusePython() {
    refusePython("", settings);
  }

  private void refusePython(String place, JsonNode node) {
    if (node.isString() && node.stringValue().startsWith(FUNCTION)) {
      throw new InputException(
          "%s: «%s: %s» is Python, which is not carried out here; write rows into the data file as that function leaves them, use Jinja or a metric that is there, and take the key out"
              .formatted(file, place, node.stringValue()));
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      refusePython(
          place.isEmpty() ? entry.getKey() : place + "." + entry.getKey(), entry.getValue());
    }
    if (node.isArray()) {
      for (JsonNode each : node) {
        refusePython(place, each);
      }
    }
  }

  /// Whether it lists tasks instead of being one.
  boolean isGroup() {
    return settings.has("group") && settings.path("task").isArray();
  }

  String name() {
    String key = isGroup() ? "group" : "task";
    JsonNode name = settings.path(key);
    if (!name.isString() || name.stringValue().isBlank()) {
      throw new InputException("%s: «%s» is missing; give it a name".formatted(file, key));
    }
    return name.stringValue();
  }
}
