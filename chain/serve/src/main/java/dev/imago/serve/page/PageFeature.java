package dev.imago.serve.page;

import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.model.ModelCard;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The chat page: static files of this folder, and one JSON that tells the page what it talks to.
/// On a server that asks for keys that JSON is the first thing that is refused (401), which tells
/// the page to ask its user for one.
public final class PageFeature implements Feature {
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /// The page's files by path, with their types.
  private static final Map<String, List<String>> FILES =
      Map.of(
          "/", List.of("chat.html", "text/html; charset=utf-8"),
          "/chat.css", List.of("chat.css", "text/css; charset=utf-8"),
          "/chat.js", List.of("chat.js", SCRIPT),
          "/exchange.js", List.of("exchange.js", SCRIPT),
          "/api.js", List.of("api.js", SCRIPT),
          "/words.js", List.of("words.js", SCRIPT),
          "/icon.svg", List.of("icon.svg", "image/svg+xml"));

  private final ServedModel model;
  private final Models models;
  private final boolean conversation;

  /// @param conversation whether earlier turns are sent along; false for a model that was tuned on
  ///   single questions
  public PageFeature(ServedModel model, Models models, boolean conversation) {
    this.model = model;
    this.models = models;
    this.conversation = conversation;
  }

  @Override
  public List<Route> routes() {
    var routes = new ArrayList<Route>();
    FILES.forEach(
        (path, file) -> {
          byte[] content = resource(file.getFirst());
          routes.add(
              Route.get(
                  path, Route.Access.OPEN, exchange -> exchange.page(file.getLast(), content)));
        });
    routes.add(Route.get("/chat.json", Route.Access.KEY, this::settings));
    return routes;
  }

  private void settings(Exchange exchange) {
    models.checkOpen(exchange, model);
    exchange.header("Cache-Control", "no-cache");
    exchange.json(settings());
  }

  /// `about` is what a person wrote; of the card's facts the page makes a sentence in its reader's
  /// language.
  private Map<String, Object> settings() {
    int context = model.backend().context();
    ModelCard card = model.card();
    ServedModel.Defaults defaults = model.defaults();
    var settings = new LinkedHashMap<String, Object>();
    settings.put("model", model.name());
    settings.put("about", card.about());
    settings.put("card", facts(card));
    settings.put("hint", card.hint());
    settings.put("created", model.backend().written().getEpochSecond());
    settings.put("conversation", conversation);
    // Who was tuned on nothing answers nothing: it goes on with a text.
    settings.put("continues", card.reading() != null && card.tuning() == null);
    settings.put("temperature", defaults.temperature());
    settings.put("topP", defaults.topP());
    settings.put("repetitionPenalty", defaults.repetitionPenalty());
    settings.put("maxTokens", Math.min(defaults.maxTokens(), Math.max(1, context - 1)));
    settings.put("context", context);
    return settings;
  }

  private static Map<String, Object> facts(ModelCard card) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("parameters", card.parameters());
    ModelCard.Reading read = card.reading();
    if (read != null) {
      var reading = new LinkedHashMap<String, Object>();
      reading.put("documents", read.documents());
      reading.put("bytes", read.bytes());
      reading.put("tokens", read.tokens());
      reading.put("languages", read.languages());
      reading.put("kinds", read.kinds());
      facts.put("reading", reading);
    }
    ModelCard.Tuning tuned = card.tuning();
    if (tuned != null) {
      facts.put("tuning", Map.of("pairs", tuned.pairs()));
    }
    return facts;
  }

  private static byte[] resource(String name) {
    try (InputStream in = PageFeature.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource page/" + name + " is missing from the build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
