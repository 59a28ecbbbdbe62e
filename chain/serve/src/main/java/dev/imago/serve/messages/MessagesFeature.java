package dev.imago.serve.messages;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.completions.CompletionKind;
import dev.imago.serve.completions.Outlet;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedModel;
import java.util.List;
import java.util.Map;

/// Anthropic's messages: `/v1/messages` and `/v1/messages/count_tokens`.
public final class MessagesFeature implements Feature {
  public static final List<RouteFields> FIELDS =
      List.of(MessagesRequest.FIELDS, MessagesRequest.COUNTED);

  private static final RequestAnswering.Wish WISH =
      new RequestAnswering.Wish(
          MessagesRequest.PATH, "msg_", CompletionKind.CHAT, MessagesForm::new);

  private final RequestAnswering answering;
  private final Models models;

  public MessagesFeature(RequestAnswering answering, Models models) {
    this.answering = answering;
    this.models = models;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(MessagesRequest.PATH, Route.Access.KEY, this::answer),
        Route.post(MessagesRequest.COUNT, Route.Access.KEY, this::count));
  }

  private void answer(Exchange exchange) throws InterruptedException {
    try {
      answering.answer(
          WISH, () -> MessagesRequest.chat(exchange.fields(), true), Outlet.of(exchange));
    } catch (ApiException e) {
      throw MessagesRequest.NAMES.renamed(e);
    }
  }

  private void count(Exchange exchange) {
    JsonFields chat = MessagesRequest.chat(exchange.fields(), false);
    int[] prompt =
        MessagesRequest.NAMES.in(
            () -> {
              ServedModel model = models.generating(chat.string("model"), MessagesRequest.COUNT);
              models.checkOpen(exchange, model);
              return answering.prompt(chat, model);
            });
    exchange.json(Map.of("input_tokens", prompt.length));
  }
}
