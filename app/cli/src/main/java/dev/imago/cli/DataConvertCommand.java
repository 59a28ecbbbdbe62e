package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.corpus.extract.FileKind;
import dev.imago.data.Rows;
import dev.imago.data.TextReader;
import dev.imago.sources.DocumentProcess;
import dev.imago.sources.ParquetWriter;
import dev.imago.sources.ParquetWriter.Column;
import dev.imago.sources.ParquetWriter.Type;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
      "Write the rows of a table in another form: .jsonl, .json, .csv, .tsv (packed too) and"
          + " .parquet",
      "in, .jsonl or .parquet out, from files or in a pipe. Into Parquet, fields of one kind become"
          + " columns",
      "of it, and others columns of JSON; groups of rows are bounded, so that readers hold one at a"
          + " time."
    },
    footer = {
      "",
      "Examples:",
      "  imago data convert rows.jsonl rows.parquet",
      "  imago data read notes/ | imago data convert - notes.parquet",
      "  imago data convert rows.parquet | head"
    })
final class DataConvertCommand implements Callable<Integer> {
  private static final Path STANDARD = DataRows.STANDARD;

  /// What standard input is told by.
  private static final int HEAD_BYTES = 1 << 12;

  private static final byte[] PARQUET = {'P', 'A', 'R', '1'};

  /// The forms of tables.
  enum Form {
    JSONL,
    JSON,
    CSV,
    TSV,
    PARQUET
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "IN",
      description = "The table to read (default: -, standard input).")
  private Path in = STANDARD;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUT",
      description = "The .jsonl or .parquet to write (default: -, standard output).")
  private Path out = STANDARD;

  @Option(
      names = "--from",
      paramLabel = "FORM",
      description =
          "What standard input holds: JSONL, JSON, CSV, TSV or PARQUET (default: told by its first"
              + " bytes).")
  private @Nullable Form from;

  @Option(
      names = "--to",
      paramLabel = "FORM",
      description = "What standard output is given: JSONL or PARQUET (default: JSONL).")
  private @Nullable Form to;

  @Option(
      names = "--group-megabytes",
      paramLabel = "MB",
      description = "The values of a row group in Parquet (default: ${DEFAULT-VALUE}).")
  private int groupMegabytes = 64;

  private InputStream standardInput = InputStream.nullInputStream();
  private @Nullable Path laid;

  /// Of processor time for the next rows, not for all: what takes longer is a loop.
  private static final int TABLE_SECONDS = 60;

  /// A table of more fields is a mistake, or an attack: each is held in memory.
  private static final int MOST_COLUMNS = 10_000;

  /// Is given a row.
  private interface EachRow {
    void row(JsonNode row) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    Bounds.whole("--group-megabytes", groupMegabytes, 1, 2047);
    if (!in.equals(STANDARD) && !Files.isRegularFile(in)) {
      throw new InputException(in + (Files.exists(in) ? " is no file" : " does not exist"));
    }
    boolean parquet = outForm() == Form.PARQUET;
    try {
      if (in.equals(STANDARD)) {
        lookAtStandardInput(parquet);
      } else if (from != null) {
        throw new ConfigException("--from tells of standard input, and %s is a file".formatted(in));
      }
      if (out.equals(STANDARD)) {
        refuseNone(parquet ? standardParquet() : standardLines());
      } else {
        AtomicFile.write(out, file -> refuseNone(parquet ? parquet(file) : jsonl(file)));
      }
      return 0;
    } catch (LineOutput.Gone e) {
      return 0;
    } finally {
      if (laid != null) {
        DataRows.removed(laid);
      }
    }
  }

  private Form outForm() {
    if (out.equals(STANDARD)) {
      Form form = to == null ? Form.JSONL : to;
      if (form != Form.JSONL && form != Form.PARQUET) {
        throw new ConfigException("--to %s is not written; JSONL and PARQUET are".formatted(form));
      }
      return form;
    }
    String ending = FileKind.ending(out.toString());
    if (!ending.equals("parquet") && !ending.equals("jsonl")) {
      throw new ConfigException("%s: the output is a .jsonl or a .parquet".formatted(out));
    }
    Form form = ending.equals("parquet") ? Form.PARQUET : Form.JSONL;
    if (to != null && to != form) {
      throw new ConfigException("--to %s, and %s is another form".formatted(to, out));
    }
    return form;
  }

  /// Tells its form, and lays it down where it is read twice or by its directory.
  private void lookAtStandardInput(boolean twice) throws IOException {
    var head = new BufferedInputStream(System.in, 1 << 16);
    head.mark(HEAD_BYTES);
    byte[] first = new byte[HEAD_BYTES];
    int n = Math.max(0, head.read(first));
    head.reset();
    standardInput = head;
    from = from == null ? form(Arrays.copyOf(first, n)) : from;
    if (twice || from == Form.PARQUET) {
      laid = DataRows.laidDown(head);
    }
  }

  private static Form form(byte[] head) {
    if (head.length >= PARQUET.length
        && Arrays.equals(head, 0, PARQUET.length, PARQUET, 0, PARQUET.length)) {
      return Form.PARQUET;
    }
    String text = new String(head, StandardCharsets.UTF_8).replace("\uFEFF", "").strip();
    if (text.startsWith("{") || text.startsWith("[")) {
      return Form.JSONL;
    }
    return text.lines().findFirst().orElse("").contains("\t") ? Form.TSV : Form.CSV;
  }

  private void refuseNone(long rows) {
    if (rows == 0) {
      throw new InputException("%s has no rows".formatted(name()));
    }
  }

  private String name() {
    return in.equals(STANDARD) ? "standard input" : in.toString();
  }

  private long standardLines() throws IOException {
    try (var lines = new LineOutput(System.out)) {
      return each(row -> lines.line(JsonMapper.shared().writeValueAsString(row)));
    }
  }

  private long standardParquet() throws IOException {
    var packed = new BufferedOutputStream(System.out, 1 << 16);
    long rows = parquet(packed);
    packed.flush();
    if (System.out.checkError()) {
      throw new EnvironmentException(
          "standard output was closed before the table was whole; name a file in its place");
    }
    return rows;
  }

  private long jsonl(OutputStream file) throws IOException {
    return each(
        row -> {
          file.write(JsonMapper.shared().writeValueAsBytes(row));
          file.write('\n');
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
                      .formatted(name(), MOST_COLUMNS));
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
    Path file = laid == null ? in : laid;
    if (from == Form.PARQUET || FileKind.ending(in.toString()).equals("parquet")) {
      try (var process = new DocumentProcess(TABLE_SECONDS, 1024);
          var rows =
              Rows.of(
                  new TextReader(new BufferedInputStream(process.rows(file)), null),
                  Rows.Format.JSONL,
                  Rows.ROW_CHARS)) {
        return each(rows, to);
      }
    }
    if (in.equals(STANDARD)) {
      InputStream bytes =
          laid == null ? standardInput : new BufferedInputStream(Files.newInputStream(laid));
      try (Rows rows = Rows.of(new TextReader(bytes, null), format(), Rows.ROW_CHARS)) {
        return each(rows, to);
      }
    }
    try (Rows rows = DataRows.open(in)) {
      return each(rows, to);
    }
  }

  private Rows.Format format() {
    return switch (from) {
      case null -> Rows.Format.JSONL;
      case JSONL, PARQUET -> Rows.Format.JSONL;
      case JSON -> Rows.Format.JSON;
      case CSV -> Rows.Format.CSV;
      case TSV -> Rows.Format.TSV;
    };
  }

  /// What is wrong with the input is told of it, and not of the output that is being written.
  private long each(Rows rows, EachRow to) throws IOException {
    long number = 0;
    for (Rows.Item item = next(rows); item != null; item = next(rows)) {
      switch (item) {
        case Rows.Item.Broken(long line, long column, String why) ->
            throw new InputException(
                "%s, line %,d, column %,d: %s; mend it first".formatted(name(), line, column, why));
        case Rows.Item.Row(long line, JsonNode value) -> {
          if (!value.isObject()) {
            throw new InputException(
                "%s, line %,d: no object of fields; mend it first".formatted(name(), line));
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
      throw new InputException("%s: %s".formatted(name(), e.getMessage()), e);
    }
  }
}
