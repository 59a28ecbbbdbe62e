package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.TextReader;
import dev.imago.evaluate.CheckedAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What models wrote, in rows: JSONL, JSON, CSV, TSV, with fields inside fields (`answers.none`),
/// as the items of suites have them; of any other file a line each.
final class AnswerRows {
  private AnswerRows() {}

  /// A row with its place.
  ///
  /// @param line from 1
  record Row(long line, JsonNode value) {}

  /// @throws InputException for a file that is not there, empty or broken: with its line
  static List<Row> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(file + (Files.exists(file) ? " is no file" : " does not exist"));
    }
    var all = new ArrayList<Row>();
    try (Rows rows =
        Rows.Format.of(file.toString()) == null
            ? Rows.of(
                new TextReader(Files.newInputStream(file), null), Rows.Format.LINES, Rows.ROW_CHARS)
            : Rows.open(file, null)) {
      for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
        switch (item) {
          case Rows.Item.Broken(long line, long column, String why) ->
              throw new InputException(
                  "%s, line %,d, column %,d: %s; mend it first".formatted(file, line, column, why));
          case Rows.Item.Row(long line, JsonNode value) -> all.add(new Row(line, value));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
    if (all.isEmpty()) {
      throw new InputException(file + " holds no rows; there is nothing to look at");
    }
    return all;
  }

  /// The text of a field of a row; the row itself where it is text.
  ///
  /// @param option that names the field, for messages
  static String text(Path file, Row row, String field, String option) {
    if (row.value().isString()) {
      return row.value().stringValue();
    }
    JsonNode at = at(row.value(), field);
    if (!at.isString()) {
      throw new InputException(
          "%s, line %,d has no text in «%s» (it has %s); name its field with %s"
              .formatted(
                  file, row.line(), field, String.join(", ", row.value().propertyNames()), option));
    }
    return at.stringValue();
  }

  private static JsonNode at(JsonNode row, String field) {
    JsonNode whole = row.path(field);
    if (!whole.isMissingNode()) {
      return whole;
    }
    JsonNode at = row;
    for (String name : field.split("\\.")) {
      at = at.path(name);
    }
    return at;
  }

  /// Writes rows as JSONL, whole or not at all.
  static void write(Path to, List<? extends Map<String, ?>> rows) {
    AtomicFile.write(
        to,
        out -> {
          for (Map<String, ?> row : rows) {
            out.write(
                (JsonMapper.shared().writeValueAsString(row) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /// An answer's own name, else its line.
  static String id(Row row) {
    JsonNode id = row.value().path("id");
    return id.isString() || id.isNumber() ? id.asString() : String.valueOf(row.line());
  }

  /// Answers with their sources, which stand in the same rows or in a file of as many.
  ///
  /// @param sourceField of the same row, or of the file's
  /// @param needed whether a check looks at sources
  static List<CheckedAnswer> answers(
      Path file,
      String field,
      java.util.Optional<Path> sources,
      String sourceField,
      boolean needed) {
    List<Row> rows = read(file);
    List<Row> others = sources.map(AnswerRows::read).orElse(rows);
    if (others.size() != rows.size()) {
      throw new InputException(
          "%s has %,d rows, and %s has %,d: each answer needs its own source"
              .formatted(sources.orElse(file), others.size(), file, rows.size()));
    }
    if (needed && sources.isEmpty() && rows.getFirst().value().isString()) {
      throw new ConfigException(
          "%s is lines of text, and what is held against them is nowhere: name it with --source, or give rows with both"
              .formatted(file));
    }
    var answers = new ArrayList<CheckedAnswer>();
    for (int i = 0; i < rows.size(); i++) {
      answers.add(
          new CheckedAnswer(
              id(rows.get(i)),
              text(file, rows.get(i), field, "--answer-field"),
              needed
                  ? text(sources.orElse(file), others.get(i), sourceField, "--source-field")
                  : ""));
    }
    return answers;
  }
}
