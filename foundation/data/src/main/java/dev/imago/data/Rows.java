package dev.imago.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The rows of a JSONL, JSON, CSV or TSV stream, or of CoNLL's columns, one at a time, each with
/// the line where it begins.
///
/// A row is an object of fields by name. JSON gives the elements of its array; an object that holds
/// arrays of objects gives theirs, and any other object is one row. CSV is RFC 4180's, with `,`,
/// `;`, `|` or tabs; the first record names the fields where it looks like names, else they are
/// `column1`, `column2` …. Rows that are arrays of scalars are named the same way. What the ending
/// promises is checked: a `.json` of one object a line is JSONL, a `.jsonl` of one array is JSON.
/// Knows nothing of which field means what.
public abstract sealed class Rows implements AutoCloseable
    permits JsonRows, JsonLineRows, CsvRows, ColumnRows, TextLineRows {
  /// The largest row, in characters, where nothing else is said.
  public static final int ROW_CHARS = 16 << 20;

  /// How rows are written.
  public enum Format {
    JSONL,
    JSON,
    CSV,
    TSV,
    /// Words with their tags, sentence by sentence, as CoNLL's tasks have them: `words`, `tags` and
    /// the `text` of a sentence; of more columns `column1`, `column2` … and of CoNLL-U `lemma`,
    /// `upos`, `xpos` and `deprel`.
    COLUMNS,
    /// A text a line, the row's value itself; blank lines are none.
    LINES;

    /// What a file's ending says, `.gz` aside; null for what holds no rows.
    public static @Nullable Format of(String name) {
      String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
      String plain = file.endsWith(".gz") ? file.substring(0, file.length() - 3) : file;
      return switch (plain.substring(plain.lastIndexOf('.') + 1)) {
        case "jsonl", "ndjson" -> JSONL;
        case "json" -> JSON;
        case "csv" -> CSV;
        case "tsv" -> TSV;
        case "conll", "conllu", "bio", "iob", "bioes" -> COLUMNS;
        default -> null;
      };
    }
  }

  /// A row, or a place where none could be read.
  public sealed interface Item {
    /// Where it begins, from 1.
    long line();

    /// @param value an object of fields, or whatever else stood there: text, an array of objects
    record Row(long line, JsonNode value) implements Item {}

    /// @param column where in the line, from 1
    /// @param why in plain words
    record Broken(long line, long column, String why) implements Item {}
  }

  /// The next row or broken place; null at the end. After a broken place in JSON nothing follows.
  ///
  /// @throws NotTextException for binary content or an encoding that cannot be told
  public abstract @Nullable Item next() throws IOException;

  /// Whether every row begins a line of its own, so that its line names it.
  public boolean isByLine() {
    return true;
  }

  @Override
  public abstract void close() throws IOException;

  /// Reads rows of `text`; closing them closes it.
  ///
  /// @param maxChars the largest row; a larger one is a broken place
  public static Rows of(Reader text, Format format, int maxChars) throws IOException {
    var lines = new LineSource(text, maxChars);
    return switch (format) {
      case CSV, TSV -> new CsvRows(lines, format == Format.TSV, maxChars);
      case COLUMNS -> new ColumnRows(lines);
      case LINES -> new TextLineRows(lines);
      case JSONL -> lines.startsWhole() ? json(lines, maxChars) : new JsonLineRows(lines);
      case JSON -> lines.startsLines() ? new JsonLineRows(lines) : json(lines, maxChars);
    };
  }

  private static Rows json(LineSource lines, int maxChars) {
    return new JsonRows(lines.rest(), maxChars);
  }

  /// Reads rows of a file, `.gz` or not, by its ending.
  ///
  /// @param encoding the encoding of what is not UTF-8; null where it is to be found
  /// @throws IllegalArgumentException for an ending that is none of [Format]'s
  public static Rows open(Path file, @Nullable Charset encoding) throws IOException {
    Format format = Format.of(file.toString());
    if (format == null) {
      throw new IllegalArgumentException(
          file
              + " has none of the endings of rows (.jsonl, .json, .csv, .tsv; .conll, .conllu, .bio"
              + " of words and tags): name it by what it holds");
    }
    return open(file, format, encoding);
  }

  /// Reads rows of a file, `.gz` or not, in a format that its ending does not say.
  public static Rows open(Path file, Format format, @Nullable Charset encoding) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      boolean packed = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
      return of(
          new TextReader(packed ? new GZIPInputStream(in, 1 << 16) : in, encoding),
          format,
          ROW_CHARS);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
