package dev.imago.serve.models;

import dev.imago.model.ModelCard;
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

  /// OpenAI's model object; `description`, `languages` and `meta` are further fields, the last with
  /// the names of llama.cpp's server.
  private static Map<String, Object> json(ServedModel served) {
    ModelCard card = served.card();
    var model = new LinkedHashMap<String, Object>();
    model.put("id", served.name());
    model.put("object", "model");
    model.put("created", served.backend().written().getEpochSecond());
    model.put("owned_by", "imago");
    model.put("description", card.description());
    model.put("languages", card.languages());
    var meta = new LinkedHashMap<String, Object>();
    meta.put("n_params", card.parameters());
    meta.put("n_ctx", served.backend().context());
    meta.put("n_vocab", served.backend().vocabularySize());
    meta.put("hint", card.hint());
    ModelCard.Reading read = card.reading();
    if (read != null) {
      meta.put("documents", read.documents());
      meta.put("bytes", read.bytes());
      meta.put("tokens", read.tokens());
    }
    ModelCard.Tuning tuned = card.tuning();
    if (tuned != null) {
      meta.put("pairs", tuned.pairs());
    }
    model.put("meta", meta);
    return model;
  }
}
