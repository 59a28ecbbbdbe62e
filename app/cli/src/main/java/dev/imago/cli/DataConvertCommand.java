package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.corpus.extract.FileKind;
import dev.imago.data.Rows;
import dev.imago.data.TextReader;
import dev.imago.sources.DocumentProcess;
import dev.imago.sources.ParquetWriter;
import dev.imago.sources.ParquetWriter.Column;
import dev.imago.sources.ParquetWriter.Type;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rows from one form of table into another.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Write the rows of a table in another form: .jsonl, .json, .csv, .tsv (.gz too) and .parquet",
      "in, .jsonl or .parquet out. Into Parquet, fields of one kind become columns of it, and"
          + " others",
      "columns of JSON; groups of rows are bounded, so that readers hold one at a time."
    },
    footer = {"", "Example:  imago data convert rows.jsonl rows.parquet"})
final class DataConvertCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "IN", description = "The table to read.")
  private Path in = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "The .jsonl or .parquet to write.")
  private Path out = Path.of("");

  @Option(
      names = "--group-megabytes",
      paramLabel = "MB",
      description = "The values of a row group in Parquet (default: ${DEFAULT-VALUE}).")
  private int groupMegabytes = 64;

  /// A table of more fields is a mistake, or an attack: each is held in memory.
  private static final int MOST_COLUMNS = 10_000;

  /// Is given a row.
  private interface EachRow {
    void row(JsonNode row) throws IOException;
  }

  @Override
  public Integer call() {
    Bounds.whole("--group-megabytes", groupMegabytes, 1, 2047);
    if (!Files.isRegularFile(in)) {
      throw new InputException(in + (Files.exists(in) ? " is no file" : " does not exist"));
    }
    String ending = FileKind.ending(out.toString());
    if (!ending.equals("parquet") && !ending.equals("jsonl")) {
      throw new ConfigException("%s: the output is a .jsonl or a .parquet".formatted(out));
    }
    AtomicFile.write(
        out,
        to -> {
          long rows = ending.equals("parquet") ? parquet(to) : jsonl(to);
          if (rows == 0) {
            throw new InputException("%s has no rows".formatted(in));
          }
        });
    return 0;
  }

  private long jsonl(OutputStream to) throws IOException {
    return each(
        row -> {
          to.write(JsonMapper.shared().writeValueAsBytes(row));
          to.write('\n');
        });
  }

  private long parquet(OutputStream to) throws IOException {
    // Once to see what the fields hold, once to write them.
    Set<String> names = new LinkedHashSet<>();
    Map<String, Type> types = new HashMap<>();
    each(
        row -> {
          for (var field : row.properties()) {
            names.add(field.getKey());
            if (names.size() > MOST_COLUMNS) {
              throw new InputException(
                  "%s has more than %,d fields, the most of a .parquet; write a .jsonl"
                      .formatted(in, MOST_COLUMNS));
            }
            if (!field.getValue().isNull()) {
              types.merge(field.getKey(), kind(field.getValue()), DataConvertCommand::both);
            }
          }
        });
    if (names.isEmpty()) {
      return 0;
    }
    List<Column> columns =
        names.stream()
            .map(name -> new Column(name, types.getOrDefault(name, Type.STRING)))
            .toList();
    try (var writer = new ParquetWriter(to, columns, (long) groupMegabytes << 20)) {
      return each(
          row -> {
            @Nullable Object[] values = new @Nullable Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
              values[i] = value(row.path(columns.get(i).name()), columns.get(i).type());
            }
            writer.row(values);
          });
    }
  }

  private static Type kind(JsonNode value) {
    if (value.isBoolean()) {
      return Type.BOOLEAN;
    } else if (value.isIntegralNumber()) {
      // Beyond 64 bits it is kept digit by digit.
      return value.canConvertToLong() ? Type.INT64 : Type.STRING;
    }
    return value.isNumber() ? Type.DOUBLE : Type.STRING;
  }

  private static Type both(Type one, Type other) {
    boolean numbers =
        one != Type.STRING && other != Type.STRING && one != Type.BOOLEAN && other != Type.BOOLEAN;
    return one == other ? one : numbers ? Type.DOUBLE : Type.STRING;
  }

  private static @Nullable Object value(JsonNode value, Type type) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    return switch (type) {
      case BOOLEAN -> value.booleanValue();
      case INT64 -> value.longValue();
      case DOUBLE -> value.doubleValue();
      case STRING -> value.isString() ? value.stringValue() : value.toString();
    };
  }

  private long each(EachRow to) throws IOException {
    if (FileKind.ending(in.toString()).equals("parquet")) {
      try (var process = new DocumentProcess(600, 1024);
          var rows =
              Rows.of(
                  new TextReader(new BufferedInputStream(process.rows(in)), null),
                  Rows.Format.JSONL,
                  Rows.ROW_CHARS)) {
        return each(rows, to);
      }
    }
    if (Rows.Format.of(in.toString()) == null) {
      throw new ConfigException(
          "%s: the input is a .jsonl, .json, .csv, .tsv or .parquet".formatted(in));
    }
    try (Rows rows = Rows.open(in, null)) {
      return each(rows, to);
    }
  }

  /// What is wrong with the input is told of it, and not of the output that is being written.
  private long each(Rows rows, EachRow to) throws IOException {
    long number = 0;
    for (Rows.Item item = next(rows); item != null; item = next(rows)) {
      switch (item) {
        case Rows.Item.Broken(long line, long column, String why) ->
            throw new InputException(
                "%s, line %,d, column %,d: %s; mend it first".formatted(in, line, column, why));
        case Rows.Item.Row(long line, JsonNode value) -> {
          if (!value.isObject()) {
            throw new InputException(
                "%s, line %,d: no object of fields; mend it first".formatted(in, line));
          }
          number++;
          to.row(value);
        }
      }
    }
    return number;
  }

  private Rows.@Nullable Item next(Rows rows) {
    try {
      return rows.next();
    } catch (IOException e) {
      throw new InputException("%s: %s".formatted(in, e.getMessage()), e);
    }
  }
}
