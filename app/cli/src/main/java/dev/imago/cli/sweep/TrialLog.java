package dev.imago.cli.sweep;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The trials of a sweep that have ended, in the order in which they did: `trials.jsonl` and
/// `trials.csv`, each whole at any time.
final class TrialLog {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;
  private final List<Trial> trials = new ArrayList<>();

  /// Reads what an earlier sweep of the same has left.
  TrialLog(Path folder) {
    this.folder = folder;
    Path file = folder.resolve("trials.jsonl");
    if (!Files.exists(file)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        trials.add(read(JSON.readTree(line)));
      }
    } catch (JacksonException e) {
      throw new InputException(
          "%s is damaged (%s); delete it and run again: what is trained is kept"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  List<Trial> trials() {
    return List.copyOf(trials);
  }

  Optional<Trial> of(int rung, Map<String, String> settings) {
    return trials.stream()
        .filter(t -> t.rung() == rung && t.settings().equals(settings))
        .findFirst();
  }

  /// Puts a trial in the place of an earlier one of the same, and writes the files.
  void add(Trial trial, List<String> names, String figure) {
    trials.removeIf(t -> t.rung() == trial.rung() && t.settings().equals(trial.settings()));
    trials.add(trial);
    var lines = new StringBuilder();
    trials.forEach(t -> lines.append(JSON.writeValueAsString(written(t))).append('\n'));
    AtomicFile.write(folder.resolve("trials.jsonl"), lines.toString());
    AtomicFile.write(folder.resolve("trials.csv"), csv(names, figure));
  }

  private static ObjectNode written(Trial trial) {
    ObjectNode line = JSON.createObjectNode();
    line.put("trial", trial.number());
    line.put("rung", trial.rung());
    line.put("budget", trial.budget());
    ObjectNode settings = line.putObject("settings");
    trial.settings().forEach(settings::put);
    line.put("status", trial.done() ? "done" : "failed");
    line.put("error", trial.failed());
    number(line, "value", trial.value());
    number(line, "heldoutLoss", trial.heldoutLoss());
    line.put("seconds", trial.seconds());
    line.put("run", trial.run());
    line.put("left", trial.left());
    line.put("key", trial.key());
    return line;
  }

  /// JSON has no NaN.
  private static void number(ObjectNode line, String name, double value) {
    if (Double.isFinite(value)) {
      line.put(name, value);
    }
  }

  private static Trial read(JsonNode line) {
    var settings = new LinkedHashMap<String, String>();
    line.path("settings")
        .properties()
        .forEach(e -> settings.put(e.getKey(), e.getValue().asString()));
    return new Trial(
        line.path("trial").asInt(0),
        line.path("rung").asInt(0),
        line.path("budget").asString(""),
        settings,
        line.path("key").asString(""),
        line.path("error").asString(""),
        line.path("value").asDouble(Double.NaN),
        line.path("heldoutLoss").asDouble(Double.NaN),
        line.path("seconds").asDouble(0),
        line.path("run").asString(""),
        line.path("left").asString(""));
  }

  private String csv(List<String> names, String figure) {
    var text = new StringBuilder();
    var header = new ArrayList<>(List.of("trial", "rung", "budget"));
    header.addAll(names);
    header.addAll(List.of(figure, "status", "seconds", "left", "run", "error"));
    row(text, header);
    for (Trial trial : trials) {
      var cells = new ArrayList<String>();
      cells.add(String.valueOf(trial.number()));
      cells.add(String.valueOf(trial.rung()));
      cells.add(trial.budget());
      names.forEach(name -> cells.add(trial.settings().getOrDefault(name, "")));
      cells.add(trial.done() ? String.valueOf(trial.value()) : "");
      cells.add(trial.done() ? "done" : "failed");
      cells.add(String.format(Locale.ROOT, "%.1f", trial.seconds()));
      cells.addAll(List.of(trial.left(), trial.run(), trial.failed()));
      row(text, cells);
    }
    return text.toString();
  }

  /// RFC 4180.
  private static void row(StringBuilder text, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      text.append(i == 0 ? "" : ",").append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    text.append("\r\n");
  }
}
