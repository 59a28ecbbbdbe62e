package dev.imago.serve.metrics;

import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// `GET /health`, and `/healthz` as Kubernetes calls it: whether the server is there.
public final class HealthFeature implements Feature {
  @Override
  public List<Route> routes() {
    return Stream.of("/health", "/healthz")
        .map(
            path ->
                Route.get(
                    path, Route.Access.OPEN, exchange -> exchange.json(Map.of("status", "ok"))))
        .toList();
  }
}
