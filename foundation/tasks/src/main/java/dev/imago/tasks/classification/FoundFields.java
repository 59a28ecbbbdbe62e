package dev.imago.tasks.classification;

import dev.imago.core.InputException;
import dev.imago.data.TextField;
import dev.imago.tasks.LabelReader;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Which fields of rows are the text, the second text where there is one, and the labels: those
/// that are named, or found by their names, or else the text is the longest field and the label the
/// one with the fewest values.
///
/// @param pair empty where there is one text
/// @param labels one at least
record FoundFields(String text, String pair, List<String> labels) {
  /// What people call the label, the plainest first.
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
          "score",
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

  /// Rows of which the values of a field tell nothing.
  private static final int FEW = 20;

  /// @param there all fields of the rows
  /// @param called what a label is called in messages
  static FoundFields of(
      String file,
      List<ObjectNode> rows,
      Set<String> there,
      LabelReader.Settings settings,
      String called) {
    String text = named("text", settings, there, file);
    String pair = named("text_pair", settings, there, file);
    List<String> labels = namedLabels(settings, there, file);
    if (pair == null) {
      var two = TextPairs.among(there, Optional.ofNullable(text)).orElse(List.of());
      text = two.isEmpty() ? text : two.getFirst();
      pair = two.isEmpty() ? null : two.getLast();
    }
    String known = text;
    String other = pair;
    if (labels.isEmpty()) {
      labels =
          LABELS.stream()
              .flatMap(name -> there.stream().filter(f -> f.toLowerCase(Locale.ROOT).equals(name)))
              .filter(f -> !f.equals(known) && !f.equals(other))
              .limit(1)
              .toList();
    }
    if (text == null) {
      List<String> told = labels;
      text =
          TextField.choose(
              rows.stream()
                  .map(row -> told.isEmpty() ? row : row.deepCopy().without(told))
                  .toList());
    }
    if (labels.isEmpty()) {
      String few = fewest(rows, there, text, pair);
      labels = few == null ? List.of() : List.of(few);
    }
    if (text == null || labels.isEmpty()) {
      throw new InputException(
          "%s: which of the fields %s are the text and its %s cannot be told; name them with annotate.textField and annotate.labelField"
              .formatted(file, String.join(", ", there), called));
    }
    return new FoundFields(text, pair == null ? "" : pair, labels);
  }

  /// Which is which, for people.
  String words(String called) {
    return "text = %s%s, %s = %s"
        .formatted(
            text,
            pair.isEmpty() ? "" : ", second text = " + pair,
            called,
            String.join(", ", labels));
  }

  private static @Nullable String named(
      String column, LabelReader.Settings settings, Set<String> there, String file) {
    String name = settings.field(column);
    if (name.isEmpty()) {
      return null;
    }
    if (!there.contains(name)) {
      throw none(column, name, settings, there, file);
    }
    return name;
  }

  private static InputException none(
      String column, String name, LabelReader.Settings settings, Set<String> there, String file) {
    return new InputException(
        "annotate.%s = «%s» is no field of %s; there are %s"
            .formatted(settings.setting(column), name, file, String.join(", ", there)));
  }

  /// One field, or several between commas.
  private static List<String> namedLabels(
      LabelReader.Settings settings, Set<String> there, String file) {
    String name = settings.field("label");
    if (name.isEmpty() || there.contains(name)) {
      return name.isEmpty() ? List.of() : List.of(name);
    }
    List<String> several = List.of(name.split("\\s*,\\s*"));
    for (String each : several) {
      if (!there.contains(each)) {
        throw none("label", each, settings, there, file);
      }
    }
    return several;
  }

  /// The field with the fewest different values; null where each row has its own.
  private static @Nullable String fewest(
      List<ObjectNode> rows, Set<String> there, @Nullable String text, @Nullable String pair) {
    String best = null;
    // Of a handful of rows each may have a class of its own.
    int least = rows.size() < FEW ? rows.size() + 1 : rows.size() / 2 + 1;
    for (String field : there) {
      Set<String> values = new HashSet<>();
      rows.forEach(row -> values.add(row.path(field).asString("")));
      if (!field.equals(text) && !field.equals(pair) && values.size() < least) {
        least = values.size();
        best = field;
      }
    }
    return best;
  }
}
