package dev.imago.annotation;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.NotTextException;
import dev.imago.data.Rows;
import dev.imago.data.TextReader;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a label file, item by item. What cannot be read is told and passed over; neighbouring rows
/// of one id are one item, with the answers of all.
public final class AnnotationReader {
  /// Is given what a file holds.
  public interface Visitor {
    void item(AnnotatedItem item, long line);

    /// @param why in plain words
    void broken(long line, String why);
  }

  /// @param items read
  /// @param broken rows that could not be
  /// @param recounted spans whose positions count in another unit than the form's, as their texts
  ///   prove
  /// @param lost what was passed over, with how often
  public record Summary(long items, long broken, long recounted, Map<String, Long> lost) {}

  private final AnnotationFormat format;
  private final Visitor visitor;
  private final LabelForm.Lost lost = new LabelForm.Lost();
  private final SpanReading reading;
  private @Nullable AnnotatedItem open;
  private long openLine;
  private long items;
  private long broken;

  private AnnotationReader(AnnotationFormat format, Visitor visitor) {
    this.format = format;
    this.visitor = visitor;
    this.reading = new SpanReading(format.unit());
  }

  /// The form of a file by its ending and first bytes: CSV, columns and our own are known; of
  /// others their fields tell.
  ///
  /// @throws InputException where nothing tells
  public static AnnotationFormat guess(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.gz$", "");
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv", "tsv" -> AnnotationFormat.CSV;
      case "conll", "bio", "iob" -> AnnotationFormat.BIO;
      default -> {
        var first = new ArrayList<String>();
        try (Rows rows = Rows.open(file, null)) {
          if (rows.next() instanceof Rows.Item.Row row && row.value().isObject()) {
            first.addAll(row.value().propertyNames());
          }
        } catch (IOException | IllegalArgumentException e) {
          throw new InputException(
              "%s: %s; name its form with --format".formatted(file, e.getMessage()), e);
        }
        yield first.contains("data")
                && (first.contains("annotations") || first.contains("predictions"))
            ? AnnotationFormat.LABEL_STUDIO
            : first.contains("entities") || first.contains("label") || first.contains("cats")
                ? AnnotationFormat.DOCCANO
                : first.contains("spans")
                        || first.contains("accept")
                        || first.contains("_input_hash")
                    ? AnnotationFormat.PRODIGY
                    : AnnotationFormat.JSONL;
      }
    };
  }

  /// @throws InputException where the file is none, or no text
  public static Summary read(Path file, AnnotationFormat format, Visitor visitor) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(file + (Files.exists(file) ? " is no file" : " does not exist"));
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream plain =
            file.toString().endsWith(".gz") ? new java.util.zip.GZIPInputStream(in) : in;
        Reader text = new TextReader(plain, null)) {
      return read(text, format, visitor);
    } catch (NotTextException e) {
      throw new InputException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// The same of a text.
  public static Summary read(Reader text, AnnotationFormat format, Visitor visitor)
      throws IOException {
    var reader = new AnnotationReader(format, visitor);
    if (format == AnnotationFormat.BIO || format == AnnotationFormat.BIOES) {
      reader.columns(new BufferedReader(text));
    } else {
      reader.rows(text);
    }
    reader.flush();
    return new Summary(
        reader.items, reader.broken, reader.reading.recounted(), reader.lost.counts());
  }

  static LabelForm form(AnnotationFormat format) {
    return switch (format) {
      case JSONL -> new ItemRows();
      case CSV -> new TableRows();
      case LABEL_STUDIO -> new LabelStudioRows();
      case DOCCANO -> new DoccanoRows();
      case PRODIGY -> new ProdigyRows();
      case TRL -> new TuningRows(false);
      case INSTRUCTION -> new TuningRows(true);
      case BIO, BIOES -> throw new IllegalArgumentException(format + " has columns");
    };
  }

  private void rows(Reader text) throws IOException {
    if (format == AnnotationFormat.TRL || format == AnnotationFormat.INSTRUCTION) {
      throw new ConfigException(
          "the form %s is written and not read; its rows are read as jsonl"
              .formatted(format.label()));
    }
    LabelForm form = form(format);
    Rows.Format rows =
        format == AnnotationFormat.CSV
            ? Rows.Format.CSV
            : format == AnnotationFormat.LABEL_STUDIO ? Rows.Format.JSON : Rows.Format.JSONL;
    try (Rows all = Rows.of(text, rows, Rows.ROW_CHARS)) {
      for (Rows.Item item = all.next(); item != null; item = all.next()) {
        switch (item) {
          case Rows.Item.Broken row -> fault(row.line(), row.why());
          case Rows.Item.Row row -> {
            if (!row.value().isObject()) {
              fault(row.line(), "no object of fields");
            } else {
              try {
                take(form.read(row.value(), reading, lost), row.line());
              } catch (RowFault e) {
                fault(row.line(), String.valueOf(e.getMessage()));
              }
            }
          }
        }
      }
    }
  }

  private void columns(BufferedReader in) throws IOException {
    long[] line = {0};
    while (true) {
      long from = line[0] + 1;
      try {
        AnnotatedItem item = Conll.next(in, line);
        if (item == null) {
          return;
        }
        take(item, from);
      } catch (RowFault e) {
        fault(from, String.valueOf(e.getMessage()));
      }
    }
  }

  private void fault(long line, String why) {
    broken++;
    visitor.broken(line, why);
  }

  private void take(AnnotatedItem item, long line) {
    if (open != null
        && !item.id().isEmpty()
        && item.id().equals(open.id())
        && item.fields().equals(open.fields())) {
      List<AnnotatedItem.Given> given = new ArrayList<>(open.given());
      given.addAll(item.given());
      open = new AnnotatedItem(open.id(), open.fields(), given);
      return;
    }
    flush();
    open = item;
    openLine = line;
  }

  private void flush() {
    if (open != null) {
      items++;
      visitor.item(open, openLine);
      open = null;
    }
  }
}
