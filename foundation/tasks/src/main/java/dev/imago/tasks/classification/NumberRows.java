package dev.imago.tasks.classification;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own rows as texts with a number.
public final class NumberRows extends LabelledRows<RatedText> {
  private String name = "score";

  public NumberRows(Settings settings) {
    super(settings);
  }

  @Override
  String label() {
    return "number";
  }

  /// Named as its field is.
  @Override
  public Regression task() {
    if (given.examples().stream().mapToDouble(RatedText::value).distinct().count() < 2) {
      throw new IllegalArgumentException("all numbers are the same, and nothing is to be told");
    }
    return new Regression(List.of(name));
  }

  @Override
  @Nullable String take(Place of, JsonNode row, List<String> labels) {
    name = labels.getFirst();
    JsonNode told = row.path(name);
    double value;
    try {
      value = told.isNumber() ? told.asDouble() : Double.parseDouble(told.asString("").strip());
    } catch (NumberFormatException e) {
      return "no number";
    }
    if (!Double.isFinite(value)) {
      return "no finite number";
    }
    given.take(new RatedText(of.id(), of.text(), value, of.file(), of.pair()));
    return null;
  }
}
