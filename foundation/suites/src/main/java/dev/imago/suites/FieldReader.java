package dev.imago.suites;

import dev.imago.core.InputException;
import dev.imago.templates.FieldTemplate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a task's expressions are of a row: a field's value where they name one, else what their
/// template makes.
final class FieldReader {
  private final Path file;
  private final Set<String> fields;
  private final boolean hasChoices;
  private final Map<String, FieldTemplate> templates = new HashMap<>();

  /// @param fields of the rows that are evaluated
  /// @param hasChoices whether the task has choices, so that digits are a choice's number
  FieldReader(Path file, Set<String> fields, boolean hasChoices) {
    this.file = file;
    this.fields =
        Collections.unmodifiableSet(new LinkedHashSet<>(fields)); // in order, for messages
    this.hasChoices = hasChoices;
  }

  /// A text of a field or a template.
  Optional<String> text(Map<String, @Nullable Object> row, Optional<String> expression) {
    return expression
        .filter(e -> !e.isEmpty())
        .map(e -> row.containsKey(e) ? PythonText.of(row.get(e)) : rendered(e, row, "a text"));
  }

  /// `doc_to_text`: a text, or a choice's number where each choice has a prompt of its own.
  Object prompt(Map<String, @Nullable Object> row, Object expression) {
    if (!(expression instanceof String e)) {
      return expression;
    }
    if (fields.contains(e)) {
      return number(row.get(e));
    }
    String text = rendered(e, row, "doc_to_text");
    return hasChoices && isDigits(text) ? (Object) Long.parseLong(text) : (Object) text;
  }

  /// `doc_to_target`: a text, a choice's number, or a list of these.
  Object target(Map<String, @Nullable Object> row, Object expression) {
    if (!(expression instanceof String e)) {
      return expression;
    }
    if (fields.contains(e)) {
      return number(row.get(e));
    }
    String text = rendered(e, row, "doc_to_target");
    if (hasChoices && isDigits(text)) {
      return Long.parseLong(text);
    }
    if (text.length() >= 2 && text.startsWith("[") && text.endsWith("]")) {
      try {
        Object read = LiteralReader.read(text);
        return read == null ? text : read;
      } catch (IllegalArgumentException notOne) {
        return text;
      }
    }
    return text;
  }

  /// `doc_to_choice`: the choices.
  List<String> choices(Map<String, @Nullable Object> row, Object expression) {
    Object value =
        switch (expression) {
          case String e when fields.contains(e) -> row.get(e);
          case String e -> literal(rendered(e, row, "doc_to_choice"));
          case Map<?, ?> map -> List.copyOf(map.values());
          default -> expression;
        };
    if (!(value instanceof List<?> list) || list.isEmpty()) {
      throw new InputException(
          "%s: doc_to_choice gives %s, and a list of choices is wanted".formatted(file, value));
    }
    var choices = new ArrayList<String>();
    for (Object each : list) {
      if (!(each instanceof String s)) {
        throw new InputException(
            "%s: the choice %s is no text; write it in quotes".formatted(file, each));
      }
      choices.add(s);
    }
    return choices;
  }

  private @Nullable Object literal(String text) {
    try {
      return LiteralReader.read(text);
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: doc_to_choice: %s".formatted(file, e.getMessage()), e);
    }
  }

  private String rendered(String template, Map<String, @Nullable Object> row, String place) {
    try {
      return templates.computeIfAbsent(template, FieldTemplate::of).render(row);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s: %s: %s; the rows have %s"
              .formatted(file, place, e.getMessage(), String.join(", ", fields)),
          e);
    }
  }

  private static boolean isDigits(String text) {
    return text.matches("\\d{1,18}");
  }

  /// A truth is a number to Python; nothing is the text `None`.
  private static Object number(@Nullable Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean b -> b ? 1L : 0L;
      default -> value;
    };
  }
}
