package dev.imago.serve.ollama;

import dev.imago.core.Hashing;
import dev.imago.http.ApiException;
import dev.imago.http.ErrorForm;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelCard;
import dev.imago.serve.completions.CompletionKind;
import dev.imago.serve.completions.Outlet;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.KeepAlive;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// Ollama's routes.
public final class OllamaFeature implements Feature {
  /// `{"error":"…"}`
  public static final ErrorForm ERRORS = (e, _) -> Map.of("error", String.valueOf(e.getMessage()));

  private static final String SHOW = "/api/show";

  private static final RouteFields SHOWN =
      RouteFields.of(SHOW)
          .honoured("model", "name")
          .refused("verbose", "", "false")
          .refused("system", "", "\"\"")
          .refused("template", "", "\"\"")
          .refused("options", "", "{}");

  public static final List<RouteFields> FIELDS =
      List.of(
          OllamaRequest.CHAT_FIELDS, OllamaRequest.GENERATE_FIELDS, OllamaRequest.OPTIONS, SHOWN);

  private final RequestAnswering answering;
  private final Models models;
  private final Clock clock;

  public OllamaFeature(RequestAnswering answering, Models models, Clock clock) {
    this.answering = answering;
    this.models = models;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(OllamaRequest.CHAT, Route.Access.KEY, exchange -> answer(exchange, true)),
        Route.post(OllamaRequest.GENERATE, Route.Access.KEY, exchange -> answer(exchange, false)),
        Route.get("/api/tags", Route.Access.KEY, this::tags),
        Route.post(SHOW, Route.Access.KEY, this::show),
        Route.get("/api/version", Route.Access.KEY, this::version));
  }

  private void answer(Exchange exchange, boolean chat) throws InterruptedException {
    String path = chat ? OllamaRequest.CHAT : OllamaRequest.GENERATE;
    JsonFields fields = exchange.fields();
    (chat ? OllamaRequest.CHAT_FIELDS : OllamaRequest.GENERATE_FIELDS).check(fields);
    ServedModel model = models.generating(fields.string("model").map(OllamaFeature::bare), path);
    if (OllamaRequest.loads(fields, chat)) {
      models.checkOpen(exchange, model);
      OllamaRequest.check(fields, model);
      OptionalLong stays = KeepAlive.of(fields, model.backend());
      boolean goes = stays.isPresent() && stays.getAsLong() == 0;
      model.backend().stayAwake(stays);
      if (!goes) {
        model.backend().wake();
      }
      exchange.json(OllamaForm.loaded(model.name(), clock.instant(), chat, goes));
      return;
    }
    boolean raw = !chat && OllamaRequest.raw(fields);
    var wish =
        new RequestAnswering.Wish(
            path,
            "ollama-",
            raw ? CompletionKind.TEXT : CompletionKind.CHAT,
            started -> new OllamaForm(started, chat));
    try {
      answering.answer(wish, () -> OllamaRequest.read(fields, chat, model), Outlet.of(exchange));
    } catch (ApiException e) {
      throw OllamaRequest.NAMES.renamed(e);
    }
  }

  /// Ollama's clients add the tag of the latest version.
  private static String bare(String name) {
    return name.endsWith(":latest") ? name.substring(0, name.length() - 7) : name;
  }

  private void tags(Exchange exchange) {
    var listed = new ArrayList<Map<String, Object>>();
    for (Served served : models.seen(exchange)) {
      var one = new LinkedHashMap<String, Object>();
      one.put("name", served.asked());
      one.put("model", served.asked());
      one.put("modified_at", served.written().toString());
      one.put("digest", digest(served));
      one.put("details", details(served));
      listed.add(one);
    }
    exchange.json(Map.of("models", listed));
  }

  /// Of what ratings of the model's answers are bound to: another for another model.
  private static String digest(Served served) {
    String of =
        served instanceof ServedModel model
            ? model.reference()
            : served.name() + " " + served.written();
    return HexFormat.of().formatHex(Hashing.sha256().digest(of.getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, Object> details(Served served) {
    var details = new LinkedHashMap<String, Object>();
    details.put("parent_model", "");
    details.put("format", "");
    details.put("family", "");
    details.put("families", List.of());
    details.put("parameter_size", size(served.card()));
    details.put("quantization_level", "");
    return details;
  }

  private static String size(ModelCard card) {
    double millions = card.parameters() / 1e6;
    return millions >= 1000
        ? String.format(Locale.ROOT, "%.1fB", millions / 1000)
        : String.format(Locale.ROOT, "%.2fM", millions);
  }

  private void show(Exchange exchange) {
    JsonFields fields = exchange.fields();
    SHOWN.check(fields);
    String name =
        fields
            .string("model")
            .or(() -> fields.string("name"))
            .orElseThrow(() -> ApiException.invalid("model", "model is missing; it is a string"));
    Served served = models.seen(exchange, bare(name));
    var shown = new LinkedHashMap<String, Object>();
    shown.put("modified_at", served.written().toString());
    shown.put("details", details(served));
    var info = new LinkedHashMap<String, Object>();
    info.put("general.parameter_count", served.card().parameters());
    info.put("imago.context_length", served.context());
    info.put("imago.vocab_size", served.vocabularySize());
    shown.put("model_info", info);
    var capabilities = new ArrayList<String>();
    if (served instanceof ServedModel model) {
      capabilities.add("completion");
      if (model.backend().templateMentions("tools")) {
        capabilities.add("tools");
      }
      if (model.backend().thinks()) {
        capabilities.add("thinking");
      }
    } else if (served.path().equals("/v1/embeddings")) {
      capabilities.add("embedding");
    }
    shown.put("capabilities", capabilities);
    exchange.json(shown);
  }

  private void version(Exchange exchange) {
    String version =
        OllamaFeature.class.getModule().getDescriptor() == null
            ? "0.1.0"
            : OllamaFeature.class.getModule().getDescriptor().rawVersion().orElse("0.1.0");
    exchange.json(Map.of("version", version));
  }
}
