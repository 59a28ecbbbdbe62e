package dev.imago.suites;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.sources.DocumentProcess;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads the parts of a task's data from local files, as Hugging Face datasets reads them: columns
/// of CSV are numbers where all their values are, and a field that a row lacks is none.
final class DataFiles {
  private static final Set<String> KINDS = Set.of("json", "csv", "text", "parquet");

  private static final String PARQUET = ".parquet";

  /// What the process that reads a table may take: seconds, and MiB of memory.
  private static final int TABLE_SECONDS = 600;

  private static final int TABLE_MEBIBYTES = 1024;

  private DataFiles() {}

  /// Where a task's data is.
  ///
  /// @param kind `json`, `csv`, `text` or `parquet`; empty for a folder whose files are named after
  ///   the parts
  /// @param files of each part, or of none where `folder` has them
  /// @param documents whether a text file is one row; else each of its lines
  record Place(
      Path task,
      String kind,
      Map<String, List<Path>> files,
      Optional<Path> folder,
      boolean documents) {
    Place {
      files = Map.copyOf(files);
    }

    /// @throws InputException for what is not local, naming what would be
    static Place of(Settings s) {
      String path = s.text("dataset_path").orElse("");
      Optional<Settings> given = s.part("dataset_kwargs");
      if (KINDS.contains(path)) {
        Settings kwargs = given.orElseThrow(() -> s.wrong("dataset_kwargs", "data_files"));
        kwargs.only(Set.of("data_files", "sample_by", "trust_remote_code"));
        String by = kwargs.text("sample_by").orElse("line");
        if (!by.equals("line") && !by.equals("document")) {
          throw kwargs.wrong("sample_by", "line or document");
        }
        return new Place(s.file(), path, parts(s, kwargs), Optional.empty(), by.equals("document"));
      }
      Optional<Path> folder = path.isEmpty() ? Optional.empty() : there(s.file(), path);
      if (folder.isEmpty()) {
        throw new InputException(
            "%s: its data «%s» is on the network, and an evaluation reads local files: save each part as JSONL, and set dataset_path: json with dataset_kwargs: {data_files: {test: test.jsonl}}"
                .formatted(s.file(), path));
      }
      Path inside = folder.get();
      Optional<String> name = s.text("dataset_name");
      if (name.isPresent() && Files.isDirectory(inside.resolve(name.get()))) {
        inside = inside.resolve(name.get());
      }
      return new Place(s.file(), "", Map.of(), Optional.of(inside), false);
    }

    private static Map<String, List<Path>> parts(Settings s, Settings kwargs) {
      var to = new LinkedHashMap<String, List<Path>>();
      JsonNode files = kwargs.keys().path("data_files");
      if (files.isObject()) {
        Settings by = kwargs.part("data_files").orElse(kwargs);
        for (String part : files.propertyNames()) {
          to.put(part, paths(s.file(), by.texts(part).orElse(List.of())));
        }
      } else {
        to.put("train", paths(s.file(), kwargs.texts("data_files").orElse(List.of())));
      }
      if (to.values().stream().anyMatch(List::isEmpty)) {
        throw kwargs.wrong("data_files", "files, or the files of each part");
      }
      return to;
    }

    private static List<Path> paths(Path task, List<String> names) {
      return names.stream()
          .map(
              name ->
                  there(task, name)
                      .orElseThrow(
                          () ->
                              new InputException(
                                  "%s: there is no data file %s, beside the task or in the folder where the command runs"
                                      .formatted(task, name))))
          .toList();
    }

    /// Beside the task first, then where the command runs.
    private static Optional<Path> there(Path task, String name) {
      return Stream.of(task.resolveSibling(name), Path.of(name)).filter(Files::exists).findFirst();
    }
  }

  /// @param fields that any row has, in order
  /// @param rows each with all fields
  record Table(List<String> fields, List<Map<String, @Nullable Object>> rows) {}

  /// Reads a part.
  ///
  /// @throws InputException where it is not there, empty or broken: with file and line
  static Table read(Place place, String part) {
    List<Path> files = place.files().get(part);
    if (files == null) {
      files = place.folder().map(folder -> inFolder(folder, part)).orElse(List.of());
    }
    if (files.isEmpty()) {
      throw new InputException(
          "%s: there is no part «%s» of its data%s"
              .formatted(
                  place.task(),
                  part,
                  place
                      .folder()
                      .map(f -> " in %s, such as %s.jsonl, .csv or .parquet".formatted(f, part))
                      .orElse("; data_files has " + place.files().keySet())));
    }
    var rows = new ArrayList<Map<String, @Nullable Object>>();
    for (Path file : files) {
      boolean csv = place.kind().equals("csv") || isTable(file);
      rows.addAll(
          place.kind().equals("text")
              ? texts(file, place.documents())
              : csv ? CsvColumns.typed(rows(file)) : rows(file));
    }
    if (rows.isEmpty()) {
      throw new InputException(
          "%s: no rows; there is nothing to evaluate"
              .formatted(files.stream().map(Path::toString).collect(Collectors.joining(", "))));
    }
    return whole(rows);
  }

  private static boolean isTable(Path file) {
    Rows.Format format = Rows.Format.of(file.toString());
    return format == Rows.Format.CSV || format == Rows.Format.TSV;
  }

  private static List<Path> inFolder(Path folder, String part) {
    if (Files.isRegularFile(folder)) {
      return part.equals("train") ? List.of(folder) : List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(
              f -> {
                String name = String.valueOf(f.getFileName());
                return (Rows.Format.of(name) != null || name.endsWith(PARQUET))
                    && name.matches(java.util.regex.Pattern.quote(part) + "([-.].*)");
              })
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static List<Map<String, @Nullable Object>> rows(Path file) {
    if (!file.toString().endsWith(PARQUET)) {
      try (Rows rows = Rows.open(file, null)) {
        return rows(file, rows);
      } catch (IOException | IllegalArgumentException e) {
        throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }
    // In a process of its own: a table is binary, and from anywhere.
    try (var process = new DocumentProcess(TABLE_SECONDS, TABLE_MEBIBYTES);
        var rows =
            Rows.of(
                new InputStreamReader(process.rows(file), StandardCharsets.UTF_8),
                Rows.Format.JSONL,
                Rows.ROW_CHARS)) {
      return rows(file, rows);
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static List<Map<String, @Nullable Object>> rows(Path file, Rows rows) throws IOException {
    var to = new ArrayList<Map<String, @Nullable Object>>();
    for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
      switch (item) {
        case Rows.Item.Broken b ->
            throw new InputException(
                "%s, line %d: %s; mend the line".formatted(file, b.line(), b.why()));
        case Rows.Item.Row(long line, JsonNode value) -> {
          if (!value.isObject()) {
            throw new InputException("%s, line %d: no object of fields".formatted(file, line));
          }
          var row = new LinkedHashMap<String, @Nullable Object>();
          value.properties().forEach(e -> row.put(e.getKey(), Settings.plain(e.getValue())));
          to.add(row);
        }
      }
    }
    return to;
  }

  private static List<Map<String, @Nullable Object>> texts(Path file, boolean whole) {
    try {
      String text = Files.readString(file);
      var to = new ArrayList<Map<String, @Nullable Object>>();
      for (String each : whole ? List.of(text) : text.lines().toList()) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("text", each);
        to.add(row);
      }
      return to;
    } catch (CharacterCodingException e) {
      throw new InputException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /// All rows with all fields; a column of whole and other numbers is of the latter.
  private static Table whole(List<Map<String, @Nullable Object>> rows) {
    var fields = new LinkedHashMap<String, Boolean>();
    for (Map<String, @Nullable Object> row : rows) {
      row.forEach((name, value) -> fields.merge(name, value instanceof Double, Boolean::logicalOr));
    }
    var to = new ArrayList<Map<String, @Nullable Object>>();
    for (Map<String, @Nullable Object> row : rows) {
      var filled = new LinkedHashMap<String, @Nullable Object>();
      fields.forEach(
          (name, fraction) -> {
            Object value = row.get(name);
            filled.put(name, fraction && value instanceof Long n ? Double.valueOf(n) : value);
          });
      to.add(filled);
    }
    return new Table(List.copyOf(fields.keySet()), to);
  }
}
