// Past 400 lines: who answers a request, by name, by share, or in place of another, is decided from
// one list.
package dev.imago.serve.models;

import dev.imago.core.ConfigException;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelCard;
import dev.imago.model.Output;
import dev.imago.serve.metering.RequestMeter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The registry of what is served, and its routes: `/v1/models`.
public final class Models implements Feature {
  /// What the ledger keeps of a name.
  private static final int LONGEST_NAME = 200;

  /// Replaced whole: a request keeps the model that it found.
  private volatile Map<String, Served> byName;

  private final Routing routing;
  private final RandomGenerator random;

  /// Whether a tenant, the first, may know of the model of a name, the second.
  private final BiPredicate<String, String> opens;

  /// Whether who asks for a model that is none is told those that are.
  private final boolean told;

  /// All models for everybody.
  public Models(List<? extends Served> models, Routing routing, RandomGenerator random) {
    this(models, routing, random, (_, _) -> true, true);
  }

  /// @param models the first is the one that requests get which name none; at least one
  /// @param random draws among the shares of an alias
  /// @param opens whether a tenant, the first, may know of the model of a name, the second
  /// @param told whether anybody may know of all
  public Models(
      List<? extends Served> models,
      Routing routing,
      RandomGenerator random,
      BiPredicate<String, String> opens,
      boolean told) {
    this.told = told;
    this.routing = routing;
    this.random = random;
    this.opens = opens;
    var all = new LinkedHashMap<String, Served>();
    for (Served model : models) {
      if (model.name().isBlank() || model.name().length() > LONGEST_NAME) {
        throw new ConfigException(
            "a model's name has %d characters; give it 1 … %d"
                .formatted(model.name().length(), LONGEST_NAME));
      }
      if (all.put(model.name(), model) != null) {
        throw new ConfigException(
            "two models are called %s; give each its own name".formatted(model.name()));
      }
    }
    byName = all;
    routing.check(all.keySet());
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("no model to serve");
    }
  }

  /// Serves a model in the place of the one of its name, from the next request on.
  ///
  /// @throws IllegalArgumentException where there is none of its name
  public synchronized void replace(Served model) {
    var all = new LinkedHashMap<String, Served>(byName);
    if (all.put(model.name(), model) == null) {
      throw new IllegalArgumentException("no model «%s» to replace".formatted(model.name()));
    }
    // Adapters are of the model that was there.
    all.values().removeIf(other -> other.parent().equals(Optional.of(model.name())));
    byName = all;
  }

  /// Serves an adapter from the next request on.
  ///
  /// @param inPlace whether it may take the place of one that is there
  /// @throws ApiException where its name is taken, or is none
  public synchronized void add(ServedModel adapter, boolean inPlace) {
    String name = adapter.name();
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw ApiException.invalid(
          "lora_name",
          "lora_name has %d characters; give it 1 … %d".formatted(name.length(), LONGEST_NAME));
    }
    Served known = byName.get(name);
    if (routing.aliases().containsKey(name) || known != null && known.parent().isEmpty()) {
      throw ApiException.invalid(
          "lora_name", "a model is called «%s»; give the adapter another name".formatted(name));
    }
    if (known != null && !inPlace) {
      throw ApiException.invalid(
          "lora_name",
          "an adapter «%s» is loaded; set load_inplace to put this one in its place"
              .formatted(name));
    }
    var all = new LinkedHashMap<String, Served>(byName);
    all.put(name, adapter);
    byName = all;
    letGo(known);
  }

  /// Serves an adapter no more; requests under way keep it.
  ///
  /// @throws ApiException where there is none of its name, or another name leads to it
  public synchronized void remove(String name) {
    Served known = byName.get(name);
    if (known == null || known.parent().isEmpty()) {
      throw ApiException.notFound(
          "lora_name", "adapter_not_found", "no adapter «%s» is loaded".formatted(name));
    }
    if (routing.leadsTo(name)) {
      throw ApiException.invalid(
          "lora_name", "an alias or a fallback leads to «%s»; it stays".formatted(name));
    }
    var all = new LinkedHashMap<String, Served>(byName);
    all.remove(name);
    byName = all;
    letGo(known);
  }

  /// Of an adapter, nothing that an answer under way needs.
  private static void letGo(@Nullable Served adapter) {
    if (adapter instanceof ServedModel model) {
      model.backend().close();
    }
  }

  /// The model that generates of this name; the first one where a request names none.
  ///
  /// @throws ApiException when there is none of this name, or it tells labels
  public ServedModel generating(Optional<String> name, String path) {
    return switch (wanted(name, served -> served instanceof ServedModel)) {
      case ServedModel model -> model;
      case ServedPredictor other -> throw elsewhere(other, path);
      case ServedUpstream other -> throw elsewhere(other, path);
    };
  }

  /// The models that may answer a request, in the order in which they are asked.
  ///
  /// @param tenant whose key opens them
  /// @throws ApiException when there is none of the name, or none within bounds
  public List<Served> candidates(String tenant, JsonFields fields) {
    Optional<String> name = fields.string("model");
    if (name.filter(this::picks).isPresent()) {
      return routing
          .auto()
          .orElseThrow()
          .candidates(
              List.copyOf(byName.values()),
              model -> opens.test(tenant, AutoRouting.NAME) || opens.test(tenant, model.name()),
              fields);
    }
    if (fields.has(AutoRouting.NAME)) {
      throw ApiException.invalid(
          AutoRouting.NAME,
          "auto bounds what model «auto» picks, and another is named: set model to auto, or leave"
              + " it out");
    }
    return candidates(name);
  }

  /// Whether a name has a model picked.
  private boolean picks(String name) {
    return name.equals(AutoRouting.NAME)
        && routing.auto().isPresent()
        && !byName.containsKey(name)
        && !routing.aliases().containsKey(name);
  }

  /// The models that may answer, in the order in which they are asked: the one that is named, or
  /// was drawn for an alias, and what stands in for it.
  ///
  /// @throws ApiException when there is none of this name
  public List<Served> candidates(Optional<String> name) {
    Served first = wanted(name, served -> !(served instanceof ServedPredictor));
    var all = new LinkedHashMap<String, Served>(Map.of(first.name(), first));
    for (String key : List.of(first.asked(), first.name())) {
      for (String other : routing.fallbacks().getOrDefault(key, List.of())) {
        Served stand = named(other);
        all.putIfAbsent(stand.name(), isAlias(first) ? stand.askedAs(first.asked()) : stand);
      }
    }
    return List.copyOf(all.values());
  }

  /// The model that tells classes of texts.
  ///
  /// @throws ApiException when there is none of this name, or it tells something else
  public ServedPredictor classifying(Optional<String> name, String path) {
    Served served = wanted(name, Models::classifies);
    if (served instanceof ServedPredictor model && classifies(model)) {
      return model;
    }
    throw elsewhere(served, path);
  }

  /// Whether any model tells classes of texts.
  public boolean classify() {
    return byName.values().stream().anyMatch(Models::classifies);
  }

  private static boolean classifies(Served served) {
    return served instanceof ServedPredictor model
        && model.output() instanceof Output.Classes classes
        && classes.problem() != Output.Problem.NUMBER;
  }

  /// That a model is not for a path.
  public static ApiException elsewhere(Served served, String path) {
    return ApiException.invalid(
        "model",
        "model_of_another_task",
        "model «%s» does not answer at %s: send your request to %s"
            .formatted(served.name(), path, served.path()));
  }

  /// The model whose labels are told at this path.
  ///
  /// @throws ApiException when there is none of this name, or it does something else
  public ServedPredictor predicting(Optional<String> name, String path) {
    Served served = wanted(name, one -> one.path().equals(path));
    if (served instanceof ServedPredictor predictor && served.path().equals(path)) {
      return predictor;
    }
    throw elsewhere(served, path);
  }

  /// The model that tells how well texts belong together.
  ///
  /// @throws ApiException when there is none of this name, or it tells something else
  public ServedPredictor ranking(Optional<String> name, String path) {
    Served served = wanted(name, one -> one instanceof ServedPredictor model && model.ranks());
    if (served instanceof ServedPredictor model && model.ranks()) {
      return model;
    }
    throw elsewhere(served, path);
  }

  /// The model that tells something of two texts: a number, a class, or how near their vectors are.
  ///
  /// @throws ApiException when there is none of this name, or it tells something else
  public ServedPredictor scoring(Optional<String> name, String path) {
    Served served = wanted(name, one -> one instanceof ServedPredictor model && model.scores());
    if (served instanceof ServedPredictor model && model.scores()) {
      return model;
    }
    throw elsewhere(served, path);
  }

  /// The model of this name; the first one where a request names none.
  ///
  /// @throws ApiException when there is none of this name
  public Served any(Optional<String> name) {
    return wanted(name, _ -> true);
  }

  private Served wanted(Optional<String> name, Predicate<Served> fits) {
    if (name.isPresent()) {
      return named(name.get());
    }
    Map<String, Served> all = byName;
    Served first = all.values().iterator().next();
    return all.values().stream().filter(fits).findFirst().orElse(first);
  }

  /// @throws ApiException when there is none of this name
  public Served named(String name) {
    List<Routing.Share> shares = routing.aliases().get(name);
    Served model = byName.get(shares == null ? name : drawn(shares));
    if (model == null) {
      throw ApiException.notFound(
          "model",
          "model_not_found",
          "model «%s» is not served here; %s".formatted(name, others()));
    }
    return shares == null ? model : model.askedAs(name);
  }

  private String others() {
    return told
        ? (byName.size() == 1 ? "the one that is: «%s»" : "those that are: «%s»")
            .formatted(String.join("», «", byName.keySet()))
        : "GET /v1/models tells those that your key opens";
  }

  private static boolean isAlias(Served served) {
    return !served.asked().equals(served.name());
  }

  /// One of an alias' models, by their shares.
  private String drawn(List<Routing.Share> shares) {
    double all = shares.stream().mapToDouble(Routing.Share::weight).sum();
    double at = shares.size() == 1 ? 0 : random.nextDouble() * all;
    for (Routing.Share share : shares) {
      at -= share.weight();
      if (at < 0) {
        return share.model();
      }
    }
    return shares.getLast().model();
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get("/v1/models", Route.Access.KEY, this::list),
        // A name may hold slashes.
        Route.get(
            "/v1/models/{+id}",
            Route.Access.KEY,
            exchange -> exchange.json(told(seen(exchange, exchange.pathParameter("id"))))));
  }

  /// @throws ApiException where there is none of this name that the caller's key opens: what it
  ///   does not open is not told apart from what is not there
  public Served seen(Exchange exchange, String name) {
    if (opens.test(exchange.caller().tenant(), name)) {
      return named(name);
    }
    throw ApiException.notFound(
        "model", "model_not_found", "no model «%s» is served to this key".formatted(name));
  }

  /// All whose names the caller's key opens, the aliases last: each as the model of its first
  /// share, asked for by the alias.
  public List<Served> seen(Exchange exchange) {
    var all = new ArrayList<Served>(byName.values());
    routing
        .aliases()
        .forEach(
            (alias, shares) -> {
              if (byName.get(shares.getFirst().model()) instanceof Served first) {
                all.add(first.askedAs(alias));
              }
            });
    return all.stream()
        .filter(model -> opens.test(exchange.caller().tenant(), model.asked()))
        .toList();
  }

  /// Whether a tenant's key opens a model: its own name, or the alias that it was asked for by.
  public boolean isOpen(String tenant, Served model) {
    return opens.test(tenant, model.asked()) || opens.test(tenant, model.name());
  }

  /// @throws ApiException where the caller's key does not open a model
  public void checkOpen(Exchange exchange, Served model) {
    if (!isOpen(exchange.caller().tenant(), model)) {
      throw RequestMeter.notOpen(model.asked());
    }
  }

  private void list(Exchange exchange) {
    exchange.json(
        Map.of("object", "list", "data", seen(exchange).stream().map(this::told).toList()));
  }

  private Map<String, @Nullable Object> told(Served model) {
    return isAlias(model)
        ? json(model, routing.aliases().getOrDefault(model.asked(), List.of()))
        : json(model);
  }

  /// An alias, as a model that others answer for.
  private static Map<String, @Nullable Object> json(Served first, List<Routing.Share> shares) {
    var model = new LinkedHashMap<String, @Nullable Object>();
    model.put("id", first.asked());
    model.put("object", "model");
    model.put("created", first.written().getEpochSecond());
    model.put("owned_by", "imago");
    var parts = new LinkedHashMap<String, Double>();
    shares.forEach(share -> parts.put(share.model(), share.weight()));
    model.put("meta", Map.of("shares", parts));
    return model;
  }

  /// OpenAI's model object; `root` and `parent` are vLLM's; `description`, `languages` and `meta`
  /// are further fields, the last with the names of llama.cpp's server.
  private static Map<String, @Nullable Object> json(Served served) {
    ModelCard card = served.card();
    var model = new LinkedHashMap<String, @Nullable Object>();
    model.put("id", served.name());
    model.put("object", "model");
    model.put("created", served.written().getEpochSecond());
    model.put("owned_by", served.owner());
    model.put("root", served.root());
    model.put("parent", served.parent().orElse(null));
    model.put("description", card.description());
    model.put("languages", card.languages());
    var meta = new LinkedHashMap<String, Object>();
    meta.put("n_params", card.parameters());
    meta.put("n_ctx", served.context());
    meta.put("n_vocab", served.vocabularySize());
    meta.put("hint", card.hint());
    meta.put("path", served.path());
    meta.putAll(served.facts());
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
