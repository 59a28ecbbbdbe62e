package dev.imago.data;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The models of several tasks that were learned on one body: the first one's lies in the folder,
/// each other one's below it in `tasks/NAME`, whole; `tasks.json` has their names in order.
public final class TaskModels {
  /// The file of their names.
  public static final String FILE = "tasks.json";

  private static final String FOLDER = "tasks";

  /// A name is a folder's, and a word on a command line.
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

  private TaskModels() {}

  /// Whether a task can be called so.
  public static boolean isName(String name) {
    return name.matches(NAME);
  }

  /// Where a further task's model lies.
  public static Path folder(Path folder, String name) {
    return folder.resolve(FOLDER).resolve(name);
  }

  /// Says their names.
  public static void write(Path folder, List<String> names) {
    var json = JsonMapper.shared().createArrayNode();
    names.forEach(json::add);
    AtomicFile.write(folder.resolve(FILE), json.toPrettyString() + "\n");
  }

  /// Their names, the first one's first; none of a model of one task.
  ///
  /// @throws IllegalArgumentException for a broken file
  public static List<String> names(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      var names = new ArrayList<String>();
      // Bytes, so that what is no UTF-8 is told as no JSON.
      JsonNode list = JsonMapper.shared().readTree(Files.readAllBytes(file));
      if (!list.isArray()) {
        throw new IllegalArgumentException(file + " is no list of tasks' names");
      }
      for (JsonNode each : list) {
        String name = each.asString("");
        if (!isName(name)) {
          throw new IllegalArgumentException("%s: «%s» is no name of a task".formatted(file, name));
        }
        names.add(name);
      }
      return List.copyOf(names);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Those beside the first one; none of a model of one task.
  ///
  /// @throws IllegalArgumentException for a broken file
  public static List<String> further(Path folder) {
    List<String> names = names(folder);
    return names.isEmpty() ? names : names.subList(1, names.size());
  }

  /// The folder of a task's model.
  ///
  /// @throws IllegalArgumentException for a task that is not among them
  public static Path of(Path folder, String name) {
    List<String> names = names(folder);
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          names.isEmpty()
              ? "%s is of one task, which has no name; leave it out".formatted(folder)
              : "«%s» is none of its tasks: %s".formatted(name, String.join(", ", names)));
    }
    return names.getFirst().equals(name) ? folder : folder(folder, name);
  }

  /// A model of each of its tasks, the first one's first; itself where it is of one.
  public static List<Weights> all(Weights model) {
    List<String> names = names(model.folder());
    return names.isEmpty()
        ? List.of(model)
        : names.stream().map(n -> new Weights(model.ref(), of(model.folder(), n))).toList();
  }

  /// The task's name of one of these; empty of a first one, and of a model of one task.
  public static String name(Weights model) {
    Path folder = model.folder().toAbsolutePath();
    Path above = folder.getParent();
    return above != null && above.endsWith(FOLDER) ? String.valueOf(folder.getFileName()) : "";
  }
}
