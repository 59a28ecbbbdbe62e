package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What rules and models read of an item.
public final class ItemTexts {
  /// Fields that say something to the queue.
  private static final Set<String> OURS = Set.of("priority", "split");

  private ItemTexts() {}

  /// Its text; of an item without one all fields that are texts, a line each.
  public static String read(AnnotatedItem item) {
    return item.text().isEmpty()
        ? item.fields().properties().stream()
            .filter(field -> !OURS.contains(field.getKey()) && field.getValue().isString())
            .map(Map.Entry::getValue)
            .map(JsonNode::stringValue)
            .collect(Collectors.joining("\n"))
        : item.text();
  }
}
