package dev.imago.serve.models;

import dev.imago.serve.http.ApiException;
import dev.imago.serve.http.Exchange;
import dev.imago.serve.http.Feature;
import dev.imago.serve.http.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The registry of what is served, and its routes: `/v1/models`.
public final class Models implements Feature {
  private final Map<String, ServedModel> byName = new LinkedHashMap<>();

  /// @param models the first is the one that requests get which name none; at least one
  public Models(List<ServedModel> models) {
    models.forEach(model -> byName.put(model.name(), model));
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("no model to serve");
    }
  }

  /// What a request gets that names no model.
  public ServedModel first() {
    return byName.values().iterator().next();
  }

  /// @throws ApiException when there is none of this name
  public ServedModel named(String name) {
    ServedModel model = byName.get(name);
    if (model == null) {
      throw ApiException.notFound(
          "model",
          "model_not_found",
          "model «%s» is not served here; %s «%s»"
              .formatted(
                  name,
                  byName.size() == 1 ? "the one that is:" : "those that are:",
                  String.join("», «", byName.keySet())));
    }
    return model;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get("/v1/models", Route.Access.KEY, this::list),
        // A name may hold slashes.
        Route.get(
            "/v1/models/{+id}",
            Route.Access.KEY,
            exchange -> exchange.json(json(named(exchange.pathParameter("id"))))));
  }

  private void list(Exchange exchange) {
    exchange.json(
        Map.of("object", "list", "data", byName.values().stream().map(Models::json).toList()));
  }

  private static Map<String, Object> json(ServedModel model) {
    return Map.of(
        "id",
        model.name(),
        "object",
        "model",
        "created",
        model.createdSeconds(),
        "owned_by",
        "imago");
  }
}
