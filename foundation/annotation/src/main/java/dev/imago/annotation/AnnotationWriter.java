package dev.imago.annotation;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes items into a label file, one after another, in constant memory.
public final class AnnotationWriter implements AutoCloseable {
  private final AnnotationFormat format;
  private final PositionUnit unit;
  private final Writer out;
  private final LabelForm.Lost lost = new LabelForm.Lost();
  private boolean any;

  /// @param unit of positions; [AnnotationFormat#unit] is what the format's readers expect
  public AnnotationWriter(OutputStream out, AnnotationFormat format, PositionUnit unit)
      throws IOException {
    this.format = format;
    this.unit = unit;
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    if (format == AnnotationFormat.CSV) {
      this.out.write(String.join(",", TableRows.COLUMNS) + "\n");
    } else if (format == AnnotationFormat.LABEL_STUDIO) {
      this.out.write("[");
    }
  }

  public void write(AnnotatedItem item) throws IOException {
    if (format == AnnotationFormat.BIO || format == AnnotationFormat.BIOES) {
      for (AnnotatedItem.Given given : item.given()) {
        if (given.predicted()) {
          lost.one("answers of models are left out: columns do not say whose they are");
        } else {
          out.write(Conll.lines(item, given, format == AnnotationFormat.BIOES, lost));
        }
      }
      if (item.given().isEmpty()) {
        lost.one("items without an answer are left out: columns have tags");
      }
      return;
    }
    try {
      AnnotationReader.form(format).write(item, unit, this::row, lost);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void row(ObjectNode row) {
    try {
      if (format == AnnotationFormat.CSV) {
        out.write(TableRows.line(row));
      } else {
        boolean list = format == AnnotationFormat.LABEL_STUDIO;
        out.write(list ? any ? ",\n" : "\n" : "");
        out.write(JsonMapper.shared().writeValueAsString(row));
        out.write(list ? "" : "\n");
      }
      any = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the form could not hold, with how often.
  public Map<String, Long> lost() {
    return lost.counts();
  }

  /// Ends the file; the stream stays open.
  @Override
  public void close() throws IOException {
    if (format == AnnotationFormat.LABEL_STUDIO) {
      out.write("\n]\n");
    }
    out.flush();
  }
}
