package dev.imago.tasks.classification;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.TextField;
import dev.imago.tasks.Given;
import dev.imago.tasks.LabelReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a user's own rows as texts, or pairs of them, with what belongs to them: which field is
/// which is named, or found ([FoundFields]).
///
/// @param <E> an example
abstract class LabelledRows<E extends Record & TextExample> implements LabelReader<E> {
  /// Rows from which fields are told.
  private static final int LOOKED_AT = 200;

  final Settings settings;
  final Given<E> given = new Given<>();

  LabelledRows(Settings settings) {
    this.settings = settings;
  }

  /// A row's texts, and where they stand.
  ///
  /// @param at its file and line
  record Place(String id, String text, String pair, String file, String at) {}

  /// Takes a row, or says why it is of no use.
  ///
  /// @param labels the fields that label it, one at least
  /// @return the reason; null where it was taken
  abstract @Nullable String take(Place of, JsonNode row, List<String> labels);

  /// What the label is called in messages.
  abstract String label();

  @Override
  public Set<String> columns() {
    return Set.of("text", "text_pair", "label");
  }

  @Override
  public Given<E> given() {
    return given;
  }

  /// Rows of fields, or of columns between tabs.
  @Override
  public void read(String file, Reader text, Rows.@Nullable Format format) throws IOException {
    try (Rows rows = Rows.of(text, format == null ? Rows.Format.TSV : format, Rows.ROW_CHARS)) {
      read(file, rows);
    }
  }

  private void read(String file, Rows rows) throws IOException {
    var first = new ArrayList<Rows.Item>();
    var objects = new ArrayList<ObjectNode>();
    Rows.Item item = rows.next();
    while (item != null && first.size() < LOOKED_AT) {
      first.add(item);
      if (item instanceof Rows.Item.Row row && row.value() instanceof ObjectNode object) {
        objects.add(object);
      }
      item = rows.next();
    }
    if (objects.isEmpty()) {
      throw new InputException(
          "%s holds no rows of fields; give a text and its %s as JSONL, CSV, or between tabs"
              .formatted(file, label()));
    }
    Set<String> there = new LinkedHashSet<>();
    objects.forEach(row -> there.addAll(row.propertyNames()));
    FoundFields fields = FoundFields.of(file, objects, there, settings, label());
    given.note("%s: %s".formatted(file, fields.words(label())));
    first.forEach(each -> take(file, each, fields));
    for (; item != null; item = rows.next()) {
      take(file, item, fields);
    }
  }

  private void take(String file, Rows.Item item, FoundFields fields) {
    long number = given.row(file);
    String at = "%s, line %d".formatted(file, item.line());
    switch (item) {
      case Rows.Item.Broken broken -> given.leaveOut("broken: " + broken.why(), at);
      case Rows.Item.Row row -> {
        String text = TextField.text(row.value().path(fields.text()));
        String pair =
            fields.pair().isEmpty() ? "" : TextField.text(row.value().path(fields.pair()));
        if (text == null) {
          given.leaveOut("no text", at);
        } else if (pair == null) {
          given.leaveOut("no second text", at);
        } else {
          var place = new Place(file + "#" + number, text.strip(), pair.strip(), file, at);
          String why = take(place, row.value(), fields.labels());
          if (why != null) {
            given.leaveOut(why, at);
          }
        }
      }
    }
  }

  /// The label's name; of a number, the line of the list of names.
  ///
  /// @throws InputException for what is not in the list, where there is one
  String name(String label, String at) {
    List<String> names = settings.names();
    if (names.isEmpty() || names.contains(label)) {
      return label;
    }
    if (label.matches("\\d{1,9}") && Integer.parseInt(label) < names.size()) {
      return names.get(Integer.parseInt(label));
    }
    throw new InputException(
        "%s: %s = «%s» is neither one of the %d names of annotate.labelNames nor a number in 0 … %d; mend the row or the list"
            .formatted(at, label(), label, names.size(), names.size() - 1));
  }
}
