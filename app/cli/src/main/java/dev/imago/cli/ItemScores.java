package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The scores of one system's items, by their ids: a line of JSON each.
final class ItemScores {
  private final Path file;
  private final String id;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /// What is right, as the items of suites have it.
  private static final String GOLD = "gold";

  private record Row(long line, JsonNode fields) {}

  /// @param id the field that names an item; items without it are named by their line
  ItemScores(Path file, String id) {
    this.file = file;
    this.id = id;
    Iterator<String> lines = new TextInput(List.of(file), false).iterator();
    for (long line = 1; lines.hasNext(); line++) {
      String text = lines.next();
      if (!text.isBlank()) {
        add(line, text);
      }
    }
    if (rows.isEmpty()) {
      throw new InputException(
          "%s has no items; give a line of JSON for each, such as {\"id\": 1, \"score\": 0.5}"
              .formatted(file));
    }
  }

  private void add(long line, String text) {
    JsonNode row;
    try {
      row = JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      // Python writes what JSON does not have.
      boolean notFinite = text.matches(".*\\b(NaN|Infinity)\\b.*");
      throw new InputException(
          notFinite
              ? "%s:%d holds NaN or Infinity, which is no score: mend what scored it, or leave the item out of both files"
                  .formatted(file, line)
              : "%s:%d is no JSON: %s".formatted(file, line, e.getOriginalMessage()),
          e);
    }
    if (!row.isObject()) {
      throw new InputException(
          "%s:%d is no object; an item is {\"id\": …, \"score\": …}".formatted(file, line));
    }
    String name = row.has(id) ? name(line, row, id) : Long.toString(line);
    Row before = rows.putIfAbsent(name, new Row(line, row));
    if (before != null) {
      throw new InputException(
          "%s:%d has the %s %s, as line %d has; an item stands once"
              .formatted(file, line, id, name, before.line));
    }
  }

  /// What a field calls an item, or a cluster.
  private String name(long line, JsonNode row, String field) {
    JsonNode value = row.path(field);
    if (!value.isString() && !value.isNumber() && !value.isBoolean()) {
      throw new InputException(
          "%s:%d: %s is %s; give a text or a number".formatted(file, line, field, value));
    }
    return value.asString();
  }

  List<String> ids() {
    return List.copyOf(rows.keySet());
  }

  /// The fields of the first item that are numbers, true or false.
  Set<String> names() {
    var names = new LinkedHashSet<String>();
    JsonNode first = rows.values().iterator().next().fields;
    first
        .propertyStream()
        .filter(f -> f.getValue().isNumber() || f.getValue().isBoolean())
        .filter(f -> !f.getKey().equals(id))
        .forEach(f -> names.add(f.getKey()));
    return names;
  }

  /// Refuses another file that has other items, or other right answers to them: of a suite whose
  /// data have changed in between.
  void sameAs(ItemScores other) {
    for (String name : rows.keySet()) {
      if (!other.rows.containsKey(name)) {
        throw new InputException(
            "%s:%d: item %s is not in %s (%,d items against %,d); compare answers to the same items"
                .formatted(file, row(name).line, name, other.file, rows.size(), other.rows.size()));
      }
      JsonNode gold = row(name).fields.path(GOLD);
      JsonNode theirs = other.row(name).fields.path(GOLD);
      if (!gold.isMissingNode() && !theirs.isMissingNode() && !gold.equals(theirs)) {
        throw new InputException(
            "%s:%d: item %s is right with %s, and with %s in %s:%d: the suite has changed in between; evaluate both again"
                .formatted(
                    file, row(name).line, name, gold, theirs, other.file, other.row(name).line));
      }
    }
  }

  private Row row(String name) {
    Row row = rows.get(name);
    if (row == null) {
      throw new InputException("%s has no item %s".formatted(file, name));
    }
    return row;
  }

  /// A score of each of some items; true is 1, false 0.
  double[] scores(String score, List<String> ids) {
    double[] scores = new double[ids.size()];
    for (int i = 0; i < scores.length; i++) {
      Row row = row(ids.get(i));
      JsonNode value = row.fields.path(score);
      if (value.isMissingNode() && !names().contains(score)) {
        throw new ConfigException(
            "%s has no score %s; its scores are %s%s"
                .formatted(
                    file,
                    score,
                    String.join(", ", names()),
                    Nearest.to(score, names()).map(n -> "; did you mean " + n + "?").orElse("")));
      }
      if (!value.isNumber() && !value.isBoolean()) {
        throw new InputException(
            "%s:%d: %s is %s; a score is a number, true or false"
                .formatted(file, row.line, score, value.isMissingNode() ? "not there" : value));
      }
      scores[i] = value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble();
      if (!Double.isFinite(scores[i])) {
        throw new InputException(
            "%s:%d: %s is %s, which is beyond all numbers; give a finite one"
                .formatted(file, row.line, score, value));
      }
    }
    return scores;
  }

  /// The places of the items that have the same value in a field.
  List<int[]> clusters(String field, List<String> ids) {
    var clusters = new LinkedHashMap<String, List<Integer>>();
    for (int i = 0; i < ids.size(); i++) {
      Row row = row(ids.get(i));
      if (!row.fields.has(field)) {
        throw new InputException(
            "%s:%d has no %s, by which items belong together".formatted(file, row.line, field));
      }
      clusters.computeIfAbsent(name(row.line, row.fields, field), _ -> new ArrayList<>()).add(i);
    }
    return clusters.values().stream().map(c -> c.stream().mapToInt(i -> i).toArray()).toList();
  }
}
