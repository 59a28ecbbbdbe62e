package dev.imago.annotation;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How one form of label files has an item in JSON objects.
interface LabelForm {
  /// What a form could not hold, or a reader passed over, with how often.
  final class Lost {
    private final Map<String, Long> counts = new TreeMap<>();

    void one(String what) {
      counts.merge(what, 1L, Long::sum);
    }

    Map<String, Long> counts() {
      return Map.copyOf(counts);
    }
  }

  /// @throws RowFault where the row is none of this form
  AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault;

  /// Gives the rows of an item, one or several.
  void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost);
}
