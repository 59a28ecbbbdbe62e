package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.TextField;
import dev.imago.data.TextReader;
import dev.imago.sources.Compression;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rows of texts for commands that stand in pipes: JSONL from standard input; JSONL, JSON, CSV and
/// TSV from files, compressed or not; all shards of a folder. They are read once as they come, or
/// as often as they are asked for, from where standard input is laid down first.
final class DataRows implements AutoCloseable {
  static final Path STANDARD = Path.of("-");
  private static final int LONGEST_ROW = Integer.MAX_VALUE - 64;

  private final List<Path> files = new ArrayList<>();
  private final @Nullable Path laid;
  private final String textField;
  private final String idField;
  private final String addressField;

  /// A row.
  ///
  /// @param place its number among all
  /// @param address where it was found; empty where it does not say
  record DataRow(long place, String id, String text, String address, ObjectNode row) {}

  /// Rows that are read once.
  ///
  /// @param paths none for standard input
  static DataRows once(List<Path> paths, String textField, String idField) {
    return new DataRows(paths, textField, idField, "url", false);
  }

  /// Rows that are read several times.
  ///
  /// @param paths none for standard input
  static DataRows laid(List<Path> paths, String textField, String idField, String addressField) {
    return new DataRows(paths, textField, idField, addressField, true);
  }

  private DataRows(
      List<Path> paths, String textField, String idField, String addressField, boolean laysDown) {
    this.textField = textField;
    this.idField = idField;
    this.addressField = addressField;
    boolean standard = false;
    for (Path path : paths.isEmpty() ? List.of(STANDARD) : paths) {
      if (path.equals(STANDARD)) {
        if (standard) {
          throw new ConfigException("- stands for standard input once; leave one out");
        }
        standard = true;
        files.add(path);
      } else if (Files.isDirectory(path)) {
        files.addAll(shards(path));
      } else if (Files.exists(path)) {
        files.add(path);
      } else {
        throw new InputException(path + " does not exist; name files of rows, or -");
      }
    }
    laid = standard && laysDown ? laidDown() : null;
    if (laid != null) {
      Collections.replaceAll(files, STANDARD, laid);
    }
  }

  /// Refuses a file that is read as one to write: it would be lost.
  void refuseAsOutput(String option, @Nullable Path file) {
    if (file != null && Files.exists(file)) {
      for (Path read : files) {
        if (same(read, file)) {
          throw new ConfigException(
              "%s = %s is read, too, and would be lost; name another file".formatted(option, file));
        }
      }
    }
  }

  private static boolean same(Path a, Path b) {
    try {
      return !a.equals(STANDARD) && Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Standard input as a file, for whoever reads it more than once and removes it then.
  static Path laidDown() {
    return laidDown(System.in);
  }

  /// What is left of standard input as a file.
  static Path laidDown(InputStream standardInput) {
    Path file = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      file = Files.createTempFile("imago-", ".jsonl");
      Files.copy(standardInput, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      removed(file);
      throw new EnvironmentException(
          "standard input cannot be laid down in %s (%s); make room there, name another folder with -Djava.io.tmpdir in IMAGO_JAVA_OPTIONS, or name files"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /// Removes what was laid down.
  static void removed(Path file) {
    try {
      if (Files.isRegularFile(file)) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> shards(Path folder) {
    try (Stream<Path> found = Files.list(folder)) {
      List<Path> shards = found.filter(file -> format(file.toString()) != null).sorted().toList();
      if (shards.isEmpty()) {
        throw new InputException(folder + " holds no rows: no .jsonl, .json, .csv or .tsv");
      }
      return shards;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Rows.@Nullable Format format(String name) {
    return name.endsWith("manifest.json") || name.endsWith("provenance.json")
        ? null
        : Rows.Format.of(plain(name));
  }

  /// A name without the ending of a compression.
  private static String plain(String name) {
    int dot = name.lastIndexOf('.');
    return dot >= 0 && Compression.ofEnding(name.substring(dot + 1)) != null
        ? name.substring(0, dot)
        : name;
  }

  /// All rows, in order: once, where standard input is not laid down.
  RowReader read() {
    return new RowReader();
  }

  @Override
  public void close() {
    if (laid != null) {
      removed(laid);
    }
  }

  /// Reads all rows once.
  final class RowReader implements Iterator<DataRow>, AutoCloseable {
    private final Iterator<Path> rest = files.iterator();
    private Path file = STANDARD;
    private @Nullable Rows rows;
    private @Nullable DataRow next;
    private long place;

    @Override
    public boolean hasNext() {
      try {
        while (next == null) {
          if (rows == null) {
            if (!rest.hasNext()) {
              return false;
            }
            file = rest.next();
            rows = open(file);
          }
          Rows.Item item = rows.next();
          if (item == null) {
            rows.close();
            rows = null;
          } else {
            next = row(item);
          }
        }
        return true;
      } catch (IOException e) {
        throw new InputException("%s: %s".formatted(name(), e.getMessage()), e);
      }
    }

    private DataRow row(Rows.Item item) {
      switch (item) {
        case Rows.Item.Broken broken ->
            throw new InputException(
                "%s, line %,d: %s; mend it first".formatted(name(), broken.line(), broken.why()));
        case Rows.Item.Row(long line, JsonNode value) -> {
          JsonNode told = value.path(textField);
          // An empty text is one, and a row that says nothing stops no work.
          String text = told.isString() ? told.stringValue() : TextField.text(told);
          if (!(value instanceof ObjectNode row) || text == null) {
            throw new InputException(
                "%s, line %,d has no text in «%s»; name its field with --text-field"
                    .formatted(name(), line, textField));
          }
          JsonNode id = value.path(idField);
          String name = id.isValueNode() && !id.isNull() ? id.asString() : name() + ":" + line;
          return new DataRow(place++, name, text, address(row), row);
        }
      }
    }

    private String address(ObjectNode row) {
      for (JsonNode each : List.of(row.path(addressField), row.path("tags").path(addressField))) {
        if (each.isString()) {
          return each.stringValue();
        }
      }
      JsonNode source = row.path("source");
      return source.isString() && source.stringValue().startsWith("http")
          ? source.stringValue()
          : "";
    }

    private String name() {
      return file.equals(laid) || file.equals(STANDARD) ? "standard input" : file.toString();
    }

    @Override
    public DataRow next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      DataRow row = next;
      next = null;
      return row;
    }

    @Override
    public void close() {
      try {
        if (rows != null) {
          rows.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// The rows of a file, or of standard input once.
  static Rows open(Path file) throws IOException {
    if (file.equals(STANDARD)) {
      return Rows.of(new TextReader(System.in, null), Rows.Format.JSONL, LONGEST_ROW);
    }
    String name = file.getFileName().toString();
    Rows.Format format = format(name);
    if (format == null) {
      throw new ConfigException("%s is no .jsonl, .json, .csv or .tsv".formatted(file));
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    Compression compression =
        plain(name).equals(name)
            ? null
            : Compression.ofEnding(name.substring(name.lastIndexOf('.') + 1));
    return Rows.of(
        new TextReader(compression == null ? in : compression.open(in), null), format, LONGEST_ROW);
  }
}
