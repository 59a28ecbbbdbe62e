package dev.imago.annotation;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An item with what was answered of it.
///
/// @param id unique in its file; empty where the file gave none
/// @param fields what is shown and what belongs to it; [#TEXT] is what spans lie in
/// @param given answers of people and of models, in their order
public record AnnotatedItem(String id, ObjectNode fields, List<Given> given) {
  /// The field that spans lie in.
  public static final String TEXT = "text";

  /// @param by who answered: a person, or a model; empty where the file does not say
  /// @param predicted whether a model did
  /// @param probability that the model gave it; NaN where none is said
  public record Given(String by, boolean predicted, double probability, LabelAnswer answer) {
    /// A person's.
    public static Given by(String person, LabelAnswer answer) {
      return new Given(person, false, Double.NaN, answer);
    }
  }

  public AnnotatedItem {
    fields = fields.deepCopy();
    given = List.copyOf(given);
  }

  public String text() {
    JsonNode text = fields.get(TEXT);
    return text != null && text.isString() ? text.stringValue() : "";
  }
}
