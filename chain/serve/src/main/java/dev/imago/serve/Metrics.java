package dev.imago.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;

/// What `/metrics` tells, in Prometheus' text form.
final class Metrics implements AutoCloseable {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /// Bounds of the buckets: from a cached page to a long answer on a slow machine.
  private static final Duration[] SECONDS = {
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter cancelled;
  private final Timer firstToken;
  private final DistributionSummary rate;

  Metrics(Backend backend) {
    promptTokens = tokens("prompt");
    completionTokens = tokens("completion");
    cancelled =
        Counter.builder("imago_answers_cancelled")
            .description("Answers that ended because the client went or the server stopped")
            .register(registry);
    firstToken =
        Timer.builder("imago_time_to_first_token")
            .description("From the request's arrival to the first token of its answer")
            .serviceLevelObjectives(SECONDS)
            .register(registry);
    rate =
        DistributionSummary.builder("imago_answer_tokens_per_second")
            .description("Rate of an answer's tokens after the first")
            .serviceLevelObjectives(1, 3, 10, 30, 100, 300, 1000, 3000)
            .register(registry);
    Gauge.builder("imago_answers_running", backend, Backend::running)
        .description("Answers being generated")
        .register(registry);
    Gauge.builder("imago_answers_waiting", backend, Backend::waiting)
        .description("Answers that wait for their turn")
        .register(registry);
  }

  private Counter tokens(String kind) {
    return Counter.builder("imago_tokens")
        .description("Tokens read and written")
        .tag("kind", kind)
        .register(registry);
  }

  /// @param route the route's pattern, or `other`: never the path, which clients choose
  void request(String route, int status, long nanos) {
    Counter.builder("imago_requests")
        .description("Requests answered")
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .register(registry)
        .increment();
    Timer.builder("imago_request_duration")
        .description("From a request's arrival to the end of its answer")
        .tag("route", route)
        .serviceLevelObjectives(SECONDS)
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  void firstToken(long nanos) {
    firstToken.record(Duration.ofNanos(nanos));
  }

  /// @param nanos from the first token to the last
  void answered(int prompt, int completion, long nanos, boolean wasCancelled) {
    promptTokens.increment(prompt);
    completionTokens.increment(completion);
    if (completion > 1 && nanos > 0) {
      rate.record((completion - 1) * 1e9 / nanos);
    }
    if (wasCancelled) {
      cancelled.increment();
    }
  }

  void rated(String vote) {
    Counter.builder("imago_ratings")
        .description("Ratings of answers, by thumb")
        .tag("rating", vote)
        .register(registry)
        .increment();
  }

  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
