package dev.imago.serve.metrics;

import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// `GET /health`, and `/healthz` as Kubernetes calls it: whether the server is there; `/readyz`:
/// whether requests should be sent to it (503 where not).
public final class HealthFeature implements Feature {
  private final Readiness readiness;

  public HealthFeature(Readiness readiness) {
    this.readiness = readiness;
  }

  @Override
  public List<Route> routes() {
    var routes = new ArrayList<Route>();
    Stream.of("/health", "/healthz")
        .map(
            path ->
                Route.get(
                    path, Route.Access.OPEN, exchange -> exchange.json(Map.of("status", "ok"))))
        .forEach(routes::add);
    routes.add(Route.get("/readyz", Route.Access.OPEN, this::ready));
    return routes;
  }

  private void ready(Exchange exchange) throws InterruptedException {
    Readiness.State state = readiness.state();
    if (state == Readiness.State.READY) {
      exchange.json(Map.of("status", "ok"));
    } else {
      exchange.status(503);
      exchange.json(Map.of("status", state.name().toLowerCase(Locale.ROOT)));
    }
  }
}
