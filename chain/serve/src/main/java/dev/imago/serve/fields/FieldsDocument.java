package dev.imago.serve.fields;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The table of all fields for people: `docs/serving-fields.md`.
public final class FieldsDocument {
  private FieldsDocument() {}

  /// The document, as it stands in the file.
  public static String of(List<RouteFields> routes) {
    var text = new StringBuilder();
    text.append("# Fields\n\n");
    text.append(
        "What is done with each field of each request: written from the tables that check requests"
            + " (`RouteFields`), and held equal to them by a test. A field that is not here is"
            + " refused (400, `unknown_parameter`) with the nearest name; one that is refused here"
            + " is let through at the values named. `null` is as good as absent. What the fields"
            + " mean stands in [serving.md](serving.md).\n");
    for (RouteFields route : routes) {
      text.append("\n## ").append(route.path()).append("\n\n");
      if (route.uses().isEmpty()) {
        text.append("No fields: a body is not read.\n");
        continue;
      }
      names(text, "Honoured", route, FieldUse.Honoured.class);
      names(text, "Accepted, and changing nothing", route, FieldUse.Accepted.class);
      refused(text, route);
    }
    return text.toString().replace("\n\n\n", "\n\n").strip() + "\n";
  }

  private static void names(
      StringBuilder text, String title, RouteFields route, Class<? extends FieldUse> kind) {
    List<String> names =
        route.uses().entrySet().stream()
            .filter(e -> kind.isInstance(e.getValue()))
            .map(e -> "`" + e.getKey() + "`")
            .toList();
    if (!names.isEmpty()) {
      text.append(title).append(": ").append(String.join(", ", names)).append(".\n\n");
    }
  }

  private static void refused(StringBuilder text, RouteFields route) {
    var rows = new ArrayList<String>();
    for (Map.Entry<String, FieldUse> each : route.uses().entrySet()) {
      if (each.getValue() instanceof FieldUse.Refused(List<JsonNode> neutral, String instead)) {
        String through =
            neutral.isEmpty()
                ? "–"
                : neutral.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", "));
        rows.add("| `%s` | %s | %s |\n".formatted(each.getKey(), through, instead));
      }
    }
    if (!rows.isEmpty()) {
      text.append("| refused | let through at | instead |\n|---|---|---|\n");
      rows.forEach(text::append);
    }
  }
}
