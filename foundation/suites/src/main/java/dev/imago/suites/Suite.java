package dev.imago.suites;

import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tasks and groups of lm-evaluation-harness's YAML, by files.
///
/// ```java
/// Suite suite = Suite.read(List.of(Path.of("arc.yaml")), PromptOptions.USUAL);
/// for (TaskRun task : suite.tasks()) {
///   var scored = new ArrayList<ScoredItem>();
///   for (TaskItem item : task.items()) {
///     scored.add(task.scored(item, model.replies(item.requests())));
///   }
///   task.scores(scored);
/// }
/// ```
///
/// @param tasks each once, in the order in which they are named
public record Suite(List<TaskRun> tasks, List<TaskGroup> groups) {
  public Suite {
    tasks = List.copyOf(tasks);
    groups = List.copyOf(groups);
  }

  /// Reads task and group files. A group's tasks are looked for in its folder and those below, and
  /// among the other files.
  ///
  /// @throws InputException for what is broken, unknown, or Python: with its file and key
  public static Suite read(List<Path> files, PromptOptions options) {
    var reader = new Reader(options.shots());
    files.forEach(reader::index);
    var groups = new ArrayList<TaskGroup>();
    var tasks = new LinkedHashMap<String, SuiteTask>();
    for (Path file : files) {
      reader.take(TaskFile.read(file), tasks, groups);
    }
    return new Suite(
        tasks.values().stream().map(task -> new TaskRun(task, options)).toList(), groups);
  }

  private static final class Reader {
    private static final Set<String> GROUP_KEYS =
        Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata", "tag");

    private final Optional<Integer> shots;
    private final Map<String, TaskFile> named = new LinkedHashMap<>();
    private final Set<Path> looked = new LinkedHashSet<>();
    private final Set<String> open = new LinkedHashSet<>();

    Reader(Optional<Integer> shots) {
      this.shots = shots;
    }

    /// The named files' own names, for groups that name them.
    void index(Path file) {
      TaskFile read = TaskFile.read(file);
      named.put(read.name(), read);
    }

    private void look(Path folder) {
      if (!looked.add(folder.toAbsolutePath())) {
        return;
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
          indexQuietly(file);
        }
      } catch (IOException e) {
        throw new InputException("cannot read %s: %s".formatted(folder, e.getMessage()), e);
      }
    }

    /// Templates that others include have no name; what is broken is told where it is asked for.
    private void indexQuietly(Path file) {
      try {
        TaskFile read = TaskFile.read(file);
        if (read.settings().path("task").isString() || read.isGroup()) {
          named.putIfAbsent(read.name(), read);
        }
      } catch (InputException notOne) {
        return;
      }
    }

    List<String> take(TaskFile file, Map<String, SuiteTask> tasks, List<TaskGroup> groups) {
      if (!file.isGroup()) {
        SuiteTask task = SuiteTask.of(file, shots);
        tasks.putIfAbsent(task.name(), task);
        return List.of(task.name());
      }
      file.refusePython();
      var s = new Settings(file.file(), "", file.settings());
      s.only(GROUP_KEYS);
      if (!open.add(file.name())) {
        throw new InputException(
            "%s: the group «%s» holds itself; take it out of its tasks"
                .formatted(file.file(), file.name()));
      }
      var names = new ArrayList<String>();
      for (JsonNode each : file.settings().path("task")) {
        names.addAll(take(found(file, each), tasks, groups));
      }
      open.remove(file.name());
      groups.add(new TaskGroup(file.name(), names, means(s)));
      return names;
    }

    private TaskFile found(TaskFile group, JsonNode entry) {
      if (entry.isString()) {
        return named(group, entry.stringValue());
      }
      if (!(entry instanceof ObjectNode object)) {
        throw new InputException(
            "%s: task lists names, or tasks with their settings, and this is %s"
                .formatted(group.file(), entry));
      }
      // A name with settings of its own, or a whole task or group.
      @Nullable TaskFile of =
          object.path("task").isString() ? known(group, object.path("task").stringValue()) : null;
      ObjectNode all = of == null ? object.objectNode() : of.settings().deepCopy();
      all.setAll(object);
      return new TaskFile(of == null ? group.file() : of.file(), all);
    }

    private @Nullable TaskFile known(TaskFile group, String name) {
      look(Objects.requireNonNull(group.file().toAbsolutePath().getParent()));
      return named.get(name);
    }

    private TaskFile named(TaskFile group, String name) {
      TaskFile found = known(group, name);
      if (found == null) {
        throw new InputException(
            "%s: there is no task «%s» in its folder; name its file too"
                .formatted(group.file(), name));
      }
      return found;
    }

    private static List<TaskGroup.Mean> means(Settings s) {
      var means = new ArrayList<TaskGroup.Mean>();
      if (!s.has("aggregate_metric_list")) {
        return means;
      }
      for (Settings m : s.each("aggregate_metric_list")) {
        m.only(Set.of("metric", "filter_list", "aggregation", "weight_by_size"));
        if (!m.text("aggregation").orElse("mean").equals("mean")) {
          throw m.wrong("aggregation", "mean");
        }
        means.add(
            new TaskGroup.Mean(
                m.text("metric").orElseThrow(() -> m.wrong("metric", "a metric's name")),
                Set.copyOf(m.texts("filter_list").orElse(List.of())),
                !m.has("weight_by_size") || m.flag("weight_by_size")));
      }
      return means;
    }
  }
}
