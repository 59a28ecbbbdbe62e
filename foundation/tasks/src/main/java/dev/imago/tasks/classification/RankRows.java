package dev.imago.tasks.classification;

import dev.imago.core.InputException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own rows as texts with their rank: a number, or one of the names whose order a
/// list says, the lowest first.
public final class RankRows extends LabelledRows<ClassifiedText> {
  public RankRows(Settings settings) {
    super(settings);
  }

  @Override
  String label() {
    return "rank";
  }

  @Override
  public Ordinal task() {
    return new Ordinal(
        settings.names().isEmpty()
            ? given.examples().stream()
                .map(ClassifiedText::label)
                .distinct()
                .sorted(Comparator.comparingInt(Integer::parseInt))
                .toList()
            : settings.names());
  }

  @Override
  @Nullable String take(Place of, JsonNode row, List<String> labels) {
    JsonNode told = row.path(labels.getFirst());
    String label = told.isContainer() ? "" : told.asString("").strip();
    if (label.isEmpty()) {
      return "no rank";
    }
    String name = name(label, of.at());
    if (settings.names().isEmpty()) {
      if (!label.matches("-?\\d{1,9}(\\.0*)?")) {
        throw new InputException(
            "%s: rank = «%s» is no whole number, and of names the order is not known: list them, the lowest first, in a file for annotate.labelNames"
                .formatted(of.at(), label));
      }
      name = String.valueOf((int) Double.parseDouble(label));
    }
    given.take(new ClassifiedText(of.id(), of.text(), name, of.file(), of.pair()));
    return null;
  }
}
