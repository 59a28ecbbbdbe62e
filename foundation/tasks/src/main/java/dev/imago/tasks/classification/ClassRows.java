package dev.imago.tasks.classification;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.TextField;
import dev.imago.tasks.Given;
import dev.imago.tasks.LabelReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a user's own rows as texts with their class: which field is which is named, or found by
/// its name, or else the text is the longest field and the class the one with the fewest values.
///
/// A class that is a number stands for a line of a list of names, where there is one.
public final class ClassRows implements LabelReader<ClassifiedText> {
  /// What people call the class, the plainest first.
  private static final List<String> LABELS =
      List.of(
          "label",
          "class",
          "category",
          "intent",
          "topic",
          "sentiment",
          "target",
          "labels",
          "tag",
          "rating",
          "stars",
          "type",
          "polarity",
          "y",
          "标签",
          "类别",
          "分类",
          "情感",
          "意图");

  /// Rows from which fields are told.
  private static final int LOOKED_AT = 200;

  /// Rows of which the values of a field tell nothing.
  private static final int FEW = 20;

  private final Settings settings;
  private final List<String> names;
  private final Given<ClassifiedText> given = new Given<>();

  private record Fields(String text, String label) {}

  public ClassRows(Settings settings) {
    this.settings = settings;
    this.names = settings.names();
  }

  @Override
  public Given<ClassifiedText> given() {
    return given;
  }

  @Override
  public Classification task() {
    return new Classification(classes());
  }

  /// The classes in the order of their ids: the list of names, or else numbers by their value, and
  /// names in alphabetical order.
  private List<String> classes() {
    if (!names.isEmpty()) {
      return names;
    }
    List<String> found =
        given.examples().stream().map(ClassifiedText::label).distinct().sorted().toList();
    return found.stream().allMatch(label -> label.matches("-?\\d{1,9}"))
        ? found.stream().sorted(Comparator.comparingInt(Integer::parseInt)).toList()
        : found;
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
          file
              + " holds no rows of fields; give a text and its class as JSONL, CSV, or between"
              + " tabs");
    }
    Fields fields = fields(file, objects);
    first.forEach(each -> take(file, each, fields));
    for (; item != null; item = rows.next()) {
      take(file, item, fields);
    }
  }

  private Fields fields(String file, List<ObjectNode> rows) {
    Set<String> there = new LinkedHashSet<>();
    rows.forEach(row -> there.addAll(row.propertyNames()));
    String label = named("labelField", settings.labelField(), there, file);
    String text = named("textField", settings.textField(), there, file);
    if (label == null) {
      String known = text;
      label =
          LABELS.stream()
              .flatMap(name -> there.stream().filter(f -> f.toLowerCase(Locale.ROOT).equals(name)))
              .filter(f -> !f.equals(known))
              .findFirst()
              .orElse(null);
    }
    if (text == null) {
      String known = label;
      text =
          TextField.choose(
              rows.stream()
                  .map(row -> known == null ? row : row.deepCopy().without(known))
                  .toList());
    }
    if (label == null) {
      label = fewest(rows, there, text);
    }
    if (text == null || label == null) {
      throw new InputException(
          "%s: which of the fields %s are the text and its class cannot be told; name them with annotate.textField and annotate.labelField"
              .formatted(file, String.join(", ", there)));
    }
    given.note("%s: text = %s, class = %s".formatted(file, text, label));
    return new Fields(text, label);
  }

  private static @Nullable String named(
      String setting, String name, Set<String> there, String file) {
    if (name.isEmpty()) {
      return null;
    }
    if (!there.contains(name)) {
      throw new InputException(
          "annotate.%s = «%s» is no field of %s; there are %s"
              .formatted(setting, name, file, String.join(", ", there)));
    }
    return name;
  }

  /// The field with the fewest different values; null where each row has its own.
  private static @Nullable String fewest(
      List<ObjectNode> rows, Set<String> there, @Nullable String text) {
    String best = null;
    // Of a handful of rows each may have a class of its own.
    int least = rows.size() < FEW ? rows.size() + 1 : rows.size() / 2 + 1;
    for (String field : there) {
      Set<String> values = new HashSet<>();
      rows.forEach(row -> values.add(row.path(field).asString("")));
      if (!field.equals(text) && values.size() < least) {
        least = values.size();
        best = field;
      }
    }
    return best;
  }

  private void take(String file, Rows.Item item, Fields fields) {
    long number = given.row();
    String at = "%s, line %d".formatted(file, item.line());
    switch (item) {
      case Rows.Item.Broken broken -> given.leaveOut("broken: " + broken.why(), at);
      case Rows.Item.Row row -> {
        String text = TextField.text(row.value().path(fields.text()));
        JsonNode told = row.value().path(fields.label());
        String label = told.isContainer() ? "" : told.asString("").strip();
        if (text == null) {
          given.leaveOut("no text", at);
        } else if (label.isEmpty()) {
          given.leaveOut("no class", at);
        } else {
          given.take(new ClassifiedText(file + "#" + number, text.strip(), name(label, at), file));
        }
      }
    }
  }

  /// The class's name; of a number, the line of the list.
  private String name(String label, String at) {
    if (names.isEmpty() || names.contains(label)) {
      return label;
    }
    if (label.matches("\\d{1,9}") && Integer.parseInt(label) < names.size()) {
      return names.get(Integer.parseInt(label));
    }
    throw new InputException(
        "%s: class = «%s» is neither one of the %d names of annotate.labelNames nor a number in 0 … %d; mend the row or the list"
            .formatted(at, label, names.size(), names.size() - 1));
  }
}
