package dev.imago.suites;

import dev.imago.core.InputException;
import dev.imago.data.NotTextException;
import dev.imago.data.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The texts of rows, whatever their fields are called: all of a row together.
public final class AllTexts {
  private AllTexts() {}

  /// Gives each row's texts, with its line.
  ///
  /// @throws InputException for what holds no rows, or is broken: with its line
  public static void forEach(Path file, BiConsumer<Long, String> text) {
    rows(
        file,
        Rows.Format.of(file.toString()),
        (line, value) -> {
          var texts = new ArrayList<String>();
          collect(value, texts);
          text.accept(line, String.join("\n", texts));
        });
  }

  /// Gives each row with its line.
  ///
  /// @param format null for what the ending says
  static void rows(Path file, Rows.@Nullable Format format, BiConsumer<Long, JsonNode> each) {
    try (Rows rows = format == null ? Rows.open(file, null) : Rows.open(file, format, null)) {
      for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
        switch (item) {
          case Rows.Item.Row(long line, JsonNode value) -> each.accept(line, value);
          case Rows.Item.Broken broken ->
              throw new InputException(
                  "%s, line %d: %s; mend the line".formatted(file, broken.line(), broken.why()));
        }
      }
    } catch (NotTextException e) {
      throw new InputException(
          "%s cannot be read as text (%s); name rows (.jsonl, .json, .csv, .tsv), sentences of columns (.conll, .conllu, .bio) or plain text"
              .formatted(file, e.getMessage()),
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /// Gives some fields' texts of each row.
  ///
  /// @throws InputException for a field that a row has not, too
  public static void forEach(Path file, List<String> fields, BiConsumer<Long, String> text) {
    rows(
        file,
        Rows.Format.of(file.toString()),
        (line, value) -> {
          var texts = new ArrayList<String>();
          for (String field : fields) {
            if (!value.has(field)) {
              throw new InputException(
                  "%s, line %d: there is no field «%s»; there are %s"
                      .formatted(file, line, field, String.join(", ", value.propertyNames())));
            }
            collect(value.path(field), texts);
          }
          text.accept(line, String.join("\n", texts));
        });
  }

  private static void collect(JsonNode value, List<String> to) {
    if (value.isString()) {
      to.add(value.stringValue());
    } else {
      value.forEach(each -> collect(each, to));
    }
  }
}
