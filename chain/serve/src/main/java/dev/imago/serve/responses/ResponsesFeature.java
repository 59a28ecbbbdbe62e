package dev.imago.serve.responses;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.serve.completions.CompletionKind;
import dev.imago.serve.completions.KeptOutlet;
import dev.imago.serve.completions.Outlet;
import dev.imago.serve.completions.ReplyForm;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedModel;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/responses`: made, fetched, cancelled, deleted; the items that one was made from; how many
/// tokens its input is.
public final class ResponsesFeature implements Feature {
  public static final String PATH = ResponsesRequest.PATH;

  private static final String ONE = ResponsesRequest.PATH + "/{id}";
  private static final String CANCEL = ONE + "/cancel";
  private static final String COUNT = ResponsesRequest.PATH + "/input_tokens";

  /// Of the fields of a request those that change how many tokens its input is.
  private static final RouteFields COUNTED =
      RouteFields.of(COUNT)
          .honoured(
              "model",
              "input",
              "instructions",
              "previous_response_id",
              "tools",
              "tool_choice",
              "parallel_tool_calls",
              "reasoning",
              "text")
          .accepted("personality")
          .refused("truncation", "shorten the input", "\"disabled\"")
          .refused("conversation", "send previous_response_id");

  public static final List<RouteFields> FIELDS =
      List.of(ResponsesRequest.FIELDS, RouteFields.of(CANCEL), COUNTED);

  private static final int MOST = 1_000;
  private static final long MOST_CHARACTERS = 64L << 20;

  private final RequestAnswering answering;
  private final Models models;
  private final Clock clock;
  private final StoredResponses stored = new StoredResponses(MOST, MOST_CHARACTERS);

  public ResponsesFeature(RequestAnswering answering, Models models, Clock clock) {
    this.answering = answering;
    this.models = models;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(ResponsesRequest.PATH, Route.Access.KEY, this::create),
        Route.post(COUNT, Route.Access.KEY, this::count),
        Route.get(ONE, Route.Access.KEY, this::fetch),
        Route.delete(ONE, Route.Access.KEY, this::delete),
        Route.post(CANCEL, Route.Access.KEY, this::cancel),
        Route.get(ONE + "/input_items", Route.Access.KEY, this::inputItems));
  }

  private void create(Exchange exchange) throws InterruptedException {
    ResponsesRequest request = read(exchange.fields(), exchange.caller().tenant());
    String tenant = exchange.caller().tenant();
    if (request.background()) {
      exchange.json(inBackground(request, tenant));
    } else {
      answer(request, tenant, answering.newId("resp_"), Outlet.of(exchange), null);
    }
  }

  private ResponsesRequest read(JsonFields fields, String tenant) {
    return ResponsesRequest.read(
        fields, id -> found(id, tenant, "previous_response_id").items(), answering::newId);
  }

  /// Has a request answered as a response.
  ///
  /// @param body the request's JSON
  /// @throws ApiException for what cannot be done
  public void answer(JsonFields body, Outlet outlet) throws InterruptedException {
    ResponsesRequest request = read(body, outlet.tenant());
    if (request.background()) {
      throw ApiException.invalid("background", "background = true is of single requests");
    }
    answer(request, outlet.tenant(), answering.newId("resp_"), outlet, null);
  }

  private void answer(
      ResponsesRequest request,
      String tenant,
      String id,
      Outlet outlet,
      @Nullable KeptOutlet background)
      throws InterruptedException {
    var wish =
        new RequestAnswering.Wish(
            ResponsesRequest.PATH,
            "resp_",
            CompletionKind.CHAT,
            started -> form(started, request, tenant, id, background));
    try {
      answering.answer(wish, request::chat, outlet);
    } catch (ApiException e) {
      throw ResponsesRequest.NAMES.renamed(e);
    }
  }

  private ReplyForm form(
      ReplyForm.Started started,
      ResponsesRequest request,
      String tenant,
      String id,
      @Nullable KeptOutlet background) {
    if (!request.stored()) {
      return new ResponsesForm(started, id, request, (_, _) -> {});
    }
    if (background == null) {
      stored.put(
          id,
          new StoredResponses.Stored(
              tenant,
              request.context(),
              ResponsesForm.head(id, started.created(), "in_progress", request),
              List.of(),
              null));
    }
    return new ResponsesForm(
        started, id, request, (response, output) -> stored.change(id, response, output));
  }

  /// Begins a response that nobody waits for; gives it as it is before its first token.
  private ObjectNode inBackground(ResponsesRequest request, String tenant) {
    String id = answering.newId("resp_");
    var outlet = new KeptOutlet(tenant);
    ObjectNode queued = ResponsesForm.head(id, clock.instant().getEpochSecond(), "queued", request);
    queued.put(
        "model", models.generating(request.chat().string("model"), ResponsesRequest.PATH).name());
    queued.putNull("temperature").putNull("top_p");
    stored.put(
        id, new StoredResponses.Stored(tenant, request.context(), queued, List.of(), outlet));
    Thread.ofVirtual()
        .name("imago-response")
        .start(() -> make(request, tenant, id, outlet, queued));
    return queued;
  }

  private void make(
      ResponsesRequest request, String tenant, String id, KeptOutlet outlet, ObjectNode queued) {
    try {
      answer(request, tenant, id, outlet, outlet);
    } catch (ApiException e) {
      failed(id, outlet, queued, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // nobody waits who would be told otherwise
      failed(id, outlet, queued, Router.failure(ResponsesRequest.PATH, e));
    }
  }

  private void failed(String id, KeptOutlet outlet, ObjectNode queued, ApiException e) {
    if (!outlet.cancelled()) { // whoever cancelled has said so
      ObjectNode response = queued.deepCopy().put("status", "failed");
      response.set("error", ResponsesForm.error(e.status(), String.valueOf(e.getMessage())));
      stored.change(id, response, List.of());
    }
  }

  private StoredResponses.Stored found(String id, String tenant, String field) {
    return stored
        .find(id, tenant)
        .orElseThrow(
            () ->
                ApiException.notFound(
                    field,
                    "response_not_found",
                    "response «%s» is none of the last %,d that are kept; send the whole conversation, or make it anew"
                        .formatted(
                            id.length() > 80 ? id.substring(0, 80) + "…" : id, stored.most())));
  }

  private StoredResponses.Stored found(Exchange exchange) {
    return found(exchange.pathParameter("id"), exchange.caller().tenant(), "response_id");
  }

  private void fetch(Exchange exchange) {
    if (exchange.queryParameter("stream").orElse("false").equals("true")) {
      throw ApiException.invalid(
          "stream",
          "unsupported_parameter",
          "stream = true is of a response that is being made; fetch this one whole");
    }
    exchange.json(found(exchange).response());
  }

  private void delete(Exchange exchange) {
    StoredResponses.Stored one = found(exchange);
    String id = exchange.pathParameter("id");
    stored.remove(id);
    if (one.outlet() != null) {
      one.outlet().cancel();
    }
    var deleted = new LinkedHashMap<String, Object>();
    deleted.put("id", id);
    deleted.put("object", "response");
    deleted.put("deleted", true);
    exchange.json(deleted);
  }

  private void cancel(Exchange exchange) {
    StoredResponses.Stored one = found(exchange);
    KeptOutlet outlet = one.outlet();
    if (outlet == null) {
      throw ApiException.invalid(
          "response_id",
          "response «%s» is not made in the background, and only those can be cancelled: hang up instead"
              .formatted(exchange.pathParameter("id")));
    }
    String status = one.response().path("status").asString("");
    if (status.equals("queued") || status.equals("in_progress")) {
      outlet.cancel();
      ObjectNode response = one.response().deepCopy().put("status", "cancelled");
      stored.change(exchange.pathParameter("id"), response, one.output());
      exchange.json(response);
    } else {
      exchange.json(one.response());
    }
  }

  private void inputItems(Exchange exchange) {
    List<ObjectNode> all = new ArrayList<>(found(exchange).context());
    String order = exchange.queryParameter("order").orElse("desc");
    if (!order.equals("asc") && !order.equals("desc")) {
      throw ApiException.invalid("order", "order = «%s» is neither asc nor desc".formatted(order));
    }
    if (order.equals("desc")) {
      Collections.reverse(all);
    }
    Optional<String> after = exchange.queryParameter("after");
    if (after.isPresent()) {
      int place = 0;
      while (place < all.size() && !all.get(place).path("id").asString("").equals(after.get())) {
        place++;
      }
      all = all.subList(Math.min(place + 1, all.size()), all.size());
    }
    int limit = limit(exchange.queryParameter("limit").orElse("20"));
    List<ObjectNode> page = all.subList(0, Math.min(limit, all.size()));
    var list = new LinkedHashMap<String, Object>();
    list.put("object", "list");
    list.put("data", page);
    list.put("first_id", page.isEmpty() ? "" : page.getFirst().path("id"));
    list.put("last_id", page.isEmpty() ? "" : page.getLast().path("id"));
    list.put("has_more", all.size() > limit);
    exchange.json(list);
  }

  private static int limit(String given) {
    if (!given.matches("\\d{1,3}")
        || Integer.parseInt(given) < 1
        || Integer.parseInt(given) > 100) {
      throw ApiException.invalid(
          "limit",
          "limit = «%s» is not a whole number in 1 … 100"
              .formatted(given.length() > 20 ? "…" : given));
    }
    return Integer.parseInt(given);
  }

  private void count(Exchange exchange) {
    JsonFields fields = exchange.fields();
    COUNTED.check(fields);
    ResponsesRequest request = read(fields, exchange.caller().tenant());
    int[] prompt =
        ResponsesRequest.NAMES.in(
            () -> {
              ServedModel model = models.generating(request.chat().string("model"), COUNT);
              models.checkOpen(exchange, model);
              return answering.prompt(request.chat(), model);
            });
    exchange.json(Map.of("object", "response.input_tokens", "input_tokens", prompt.length));
  }
}
