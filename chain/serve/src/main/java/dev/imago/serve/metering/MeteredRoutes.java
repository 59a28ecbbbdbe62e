package dev.imago.serve.metering;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// Requests whose models tell labels or vectors: what such a model is about to read is metered by
/// the request that the thread is answering. (A model that generates is metered by whoever has the
/// answer made, which may be long after the request.)
public final class MeteredRoutes {
  private static final ScopedValue<Answered> ANSWERED = ScopedValue.newInstance();

  /// @param tenant whose request it is
  /// @param path of its route
  private record Answered(
      RequestMeter meter, String tenant, String path, BiConsumer<String, String> headers) {}

  private MeteredRoutes() {}

  /// The same feature, whose requests are metered.
  public static Feature of(Feature feature, RequestMeter meter) {
    return () -> feature.routes().stream().map(route -> of(route, meter)).toList();
  }

  private static Route of(Route route, RequestMeter meter) {
    return new Route(
        route.method(),
        route.path(),
        route.access(),
        exchange ->
            ScopedValue.where(
                    ANSWERED,
                    new Answered(meter, exchange.caller().tenant(), route.path(), exchange::header))
                .<Boolean, InterruptedException>call(
                    () -> {
                      route.action().run(exchange);
                      return true;
                    }));
  }

  /// Answers a request that comes by no route of its own, such as a batch's.
  public static <T> T within(RequestMeter meter, String tenant, String path, Supplier<T> work) {
    return ScopedValue.where(ANSWERED, new Answered(meter, tenant, path, (_, _) -> {}))
        .<T, RuntimeException>call(work::get);
  }

  /// Has a model read something for the request that this thread is answering, if any.
  ///
  /// @param model the name of it
  /// @param asked the name that was asked for: the model's, or an alias that led to it
  /// @param tokens that it reads
  public static <T> T read(String model, String asked, long tokens, Supplier<T> work) {
    if (!ANSWERED.isBound()) {
      return work.get();
    }
    Answered of = ANSWERED.get();
    RequestMeter.Running running =
        of.meter.begin(
            of.tenant, new RequestMeter.Wanted(of.path, model, asked, tokens, 0, 1), of.headers);
    try {
      T result = work.get();
      running.settle(RequestOutcome.ANSWERED, new TokenUse(tokens, 0, 0, 0));
      return result;
    } finally {
      running.settle(RequestOutcome.FAILED, TokenUse.NONE);
    }
  }
}
