package dev.imago.serve.completions;

import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.util.Arrays;
import java.util.List;

/// OpenAI's chats and texts: `/v1/chat/completions` and `/v1/completions`.
public final class CompletionsFeature implements Feature {
  private final RequestAnswering answering;

  public CompletionsFeature(RequestAnswering answering) {
    this.answering = answering;
  }

  @Override
  public List<Route> routes() {
    return Arrays.stream(CompletionKind.values())
        .map(kind -> Route.post(kind.path, Route.Access.KEY, exchange -> answer(kind, exchange)))
        .toList();
  }

  private void answer(CompletionKind kind, Exchange exchange) throws InterruptedException {
    RequestAnswering.Wish wish = wish(kind);
    var passed =
        new RequestAnswering.Wish(
            wish.path(),
            wish.idPrefix(),
            kind,
            wish.form(),
            (model, fields) -> model.upstream().pass(kind.path, fields, exchange));
    answering.answer(passed, exchange::fields, Outlet.of(exchange));
  }

  /// A request of a chat or a text, as this route answers it.
  public static RequestAnswering.Wish wish(CompletionKind kind) {
    return new RequestAnswering.Wish(
        kind.path, kind.idPrefix, kind, started -> Reply.of(kind, started));
  }
}
