package dev.imago.tasks.classification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own rows as texts with any number of labels: a list of them, names between `|`,
/// `;` or `,` in one field, or a field for each label with 1 or 0.
public final class LabelSetRows extends LabelledRows<LabelSetText> {
  private static final Pattern BETWEEN = Pattern.compile("\\s*[|;,]\\s*");

  private static final List<String> THERE = List.of("1", "1.0", "true", "yes", "y", "x");
  private static final List<String> NOT_THERE = List.of("", "0", "0.0", "false", "no", "n");

  private List<String> fields = List.of();

  public LabelSetRows(Settings settings) {
    super(settings);
  }

  @Override
  String label() {
    return "labels";
  }

  /// The list of names, the fields' names, or those found: numbers by their value, names in
  /// alphabetical order.
  @Override
  public MultiLabel task() {
    if (!settings.names().isEmpty()) {
      return new MultiLabel(settings.names());
    }
    if (!fields.isEmpty()) {
      return new MultiLabel(fields);
    }
    List<String> found =
        given.examples().stream().flatMap(e -> e.labels().stream()).distinct().sorted().toList();
    return new MultiLabel(
        found.stream().allMatch(label -> label.matches("-?\\d{1,9}"))
            ? found.stream().sorted(Comparator.comparingInt(Integer::parseInt)).toList()
            : found);
  }

  @Override
  @Nullable String take(Place of, JsonNode row, List<String> labels) {
    var there = new ArrayList<String>();
    if (labels.size() > 1) {
      fields = labels;
      for (String field : labels) {
        String told = row.path(field).asString("").strip().toLowerCase(java.util.Locale.ROOT);
        if (THERE.contains(told)) {
          there.add(field);
        } else if (!NOT_THERE.contains(told)) {
          return "a label's field that is neither 1 nor 0";
        }
      }
    } else {
      JsonNode told = row.path(labels.getFirst());
      if (told.isMissingNode() || told.isObject()) {
        return "no labels";
      }
      List<String> names =
          told.isArray()
              ? told.valueStream().map(n -> n.asString("").strip()).toList()
              : List.of(BETWEEN.split(told.asString("").strip()));
      names.stream()
          .filter(name -> !name.isEmpty())
          .map(name -> name(name, of.at()))
          .distinct()
          .forEach(there::add);
    }
    given.take(new LabelSetText(of.id(), of.text(), there, of.file(), of.pair()));
    return null;
  }
}
