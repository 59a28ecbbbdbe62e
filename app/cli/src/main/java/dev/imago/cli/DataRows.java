package dev.imago.cli;

import dev.imago.core.ConfigException;
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
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rows of texts for commands that stand in pipes, as often as they are asked for: JSONL from
/// standard input; JSONL, JSON, CSV and TSV from files, compressed or not; all shards of a folder.
final class DataRows implements AutoCloseable {
  private static final Path STANDARD = Path.of("-");
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

  /// @param paths none for standard input
  DataRows(List<Path> paths, String textField, String idField, String addressField) {
    this.textField = textField;
    this.idField = idField;
    this.addressField = addressField;
    Path spooled = null;
    for (Path path : paths.isEmpty() ? List.of(STANDARD) : paths) {
      if (path.equals(STANDARD)) {
        if (spooled != null) {
          throw new ConfigException("- stands for standard input once");
        }
        spooled = standardInput();
        files.add(spooled);
      } else if (Files.isDirectory(path)) {
        files.addAll(shards(path));
      } else if (Files.exists(path)) {
        files.add(path);
      } else {
        throw new InputException(path + " does not exist; name files of rows, or -");
      }
    }
    laid = spooled;
  }

  /// What is read more than once is laid down first.
  private static Path standardInput() {
    try {
      Path file = Files.createTempFile("imago-", ".jsonl");
      Files.copy(System.in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
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

  /// All rows, in order.
  RowReader read() {
    return new RowReader();
  }

  @Override
  public void close() {
    if (laid != null) {
      try {
        Files.deleteIfExists(laid);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
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
          String text = TextField.text(value.path(textField));
          if (!(value instanceof ObjectNode row) || text == null) {
            throw new InputException(
                "%s, line %,d has no text in «%s»; name its field with --text-field"
                    .formatted(name(), line, textField));
          }
          JsonNode id = value.path(idField);
          String told = id.isValueNode() && !id.isNull() ? id.asString() : name() + ":" + line;
          return new DataRow(place++, told, text, address(row), row);
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
      return file.equals(laid) ? "standard input" : file.toString();
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

  private static Rows open(Path file) throws IOException {
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
