package dev.imago.serve.metrics;

import dev.imago.core.EnergyShares;
import dev.imago.generate.EnergyTally;
import dev.imago.generate.Spared;
import dev.imago.generate.Timing;
import dev.imago.http.Feature;
import dev.imago.http.RequestListener;
import dev.imago.http.Route;
import dev.imago.serve.metering.AccountKeys;
import dev.imago.serve.metering.InferenceListener;
import dev.imago.serve.models.Backend;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// What `/metrics` tells, in Prometheus' text form. `docs/serving.md` lists the names.
public final class Metrics implements Feature, RequestListener, AutoCloseable {
  private static final String ENERGY =
      "What the server took of energy, in joules: the bounds of an estimate, or twice the same"
          + " where it is counted; in answers and while nobody was answered";

  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

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
  private final Counter cachedTokens;
  private final Counter draftedTokens;
  private final Readiness readiness;
  private final Counter acceptedTokens;
  private final Counter cancelled;
  private final Counter failed;
  private final Timer firstToken;
  private final Timer queue;
  private final Timer prefill;
  private final Timer decode;
  private final DistributionSummary rate;

  /// @param backends whose answers are counted
  /// @param readiness told of what was made
  public Metrics(List<Backend> backends, Readiness readiness) {
    this.readiness = readiness;
    promptTokens = tokens("prompt");
    completionTokens = tokens("completion");
    cachedTokens = tokens("cached");
    draftedTokens = tokens("drafted");
    acceptedTokens = tokens("accepted");
    cancelled =
        Counter.builder("imago_answers_cancelled")
            .description("Answers that ended because the client went or the server stopped")
            .register(registry);
    failed =
        Counter.builder("imago_answers_failed")
            .description("Answers that ended because the model or the server failed")
            .register(registry);
    firstToken =
        seconds(
            "imago_time_to_first_token",
            "From the request's arrival to the first token of its answer: queue, prompt and all");
    queue =
        seconds(
            "imago_answer_queue_time",
            "From an answer's submission to the step that took its prompt in");
    prefill =
        seconds(
            "imago_answer_prefill_time", "From the end of the queue to an answer's first token");
    decode = seconds("imago_answer_decode_time", "From an answer's first token to its last");
    rate =
        DistributionSummary.builder("imago_answer_tokens_per_second")
            .description(
                "Tokens after the first, a second, from the first to the last as the model gave"
                    + " them: no queue, no prompt and no slow reader in it")
            .serviceLevelObjectives(1, 3, 10, 30, 100, 300, 1000, 3000)
            .register(registry);
    Gauge.builder(
            "imago_answers_running", backends, all -> all.stream().mapToInt(Backend::running).sum())
        .description("Answers being generated")
        .strongReference(true)
        .register(registry);
    Gauge.builder(
            "imago_answers_waiting", backends, all -> all.stream().mapToInt(Backend::waiting).sum())
        .description("Answers that wait for their turn")
        .strongReference(true)
        .register(registry);
  }

  /// Counts what models work on, by the names of OpenTelemetry.
  public InferenceListener inferences() {
    return new GenAiMetrics(registry);
  }

  /// Tells of a model whether it sleeps.
  public void sleeps(String name, Backend model) {
    Gauge.builder("imago_model_asleep", model, each -> each.sleeps() ? 1 : 0)
        .description("Whether a model sleeps (1): its weights are let go until it is asked")
        .tag("model", name)
        .strongReference(true)
        .register(registry);
  }

  /// Tells what the process took of energy while nobody was answered; shares of answers are counted
  /// as they end. Where nothing is known there is none of it.
  public void energy(EnergyShares shares) {
    if (shares.idle().isEmpty()) {
      return;
    }
    for (String bound : List.of("low", "high")) {
      FunctionCounter.builder(
              "imago_energy_joules",
              shares,
              all ->
                  all.idle().map(use -> bound.equals("low") ? use.low() : use.high()).orElse(0.0))
          .description(ENERGY)
          .tag("use", "idle")
          .tag("bound", bound)
          .register(registry);
    }
  }

  private void took(EnergyTally.Joules energy) {
    answered(energy.low(), "low");
    answered(energy.high(), "high");
  }

  private void answered(double joules, String bound) {
    Counter.builder("imago_energy_joules")
        .description(ENERGY)
        .tag("use", "answers")
        .tag("bound", bound)
        .register(registry)
        .increment(joules);
  }

  private Timer seconds(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(SECONDS)
        .register(registry);
  }

  private Counter tokens(String kind) {
    return Counter.builder("imago_tokens")
        .description(
            "Tokens of prompts and of answers; of prompts that were cached; that were guessed, and"
                + " those that were right")
        .tag("kind", kind)
        .register(registry);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get(
            AccountKeys.MEASURES,
            Route.Access.KEY,
            exchange -> exchange.send(CONTENT_TYPE, text().getBytes(StandardCharsets.UTF_8))));
  }

  /// All of it as it is now.
  public String text() {
    return registry.scrape();
  }

  @Override
  public void answered(Answered request) {
    Counter.builder("imago_requests")
        .description("Requests answered")
        .tag("route", request.route())
        .tag("status", Integer.toString(request.status()))
        .register(registry)
        .increment();
    Timer.builder("imago_request_duration")
        .description("From a request's arrival to the end of its answer")
        .tag("route", request.route())
        .serviceLevelObjectives(SECONDS)
        .register(registry)
        .record(Duration.ofNanos(request.nanos()));
  }

  /// @param nanos since the request's arrival
  public void firstToken(long nanos) {
    readiness.made();
    firstToken.record(Duration.ofNanos(nanos));
  }

  /// @param prompt tokens read for it
  /// @param completion tokens written
  public void generated(
      int prompt, int completion, Timing timing, Spared spared, boolean wasCancelled) {
    promptTokens.increment(prompt);
    cachedTokens.increment(spared.cachedTokens());
    draftedTokens.increment(spared.draftedTokens());
    acceptedTokens.increment(spared.acceptedTokens());
    completionTokens.increment(completion);
    EnergyTally.Joules energy = timing.energy();
    if (energy != null) {
      took(energy);
    }
    if (completion > 0) {
      queue.record(Duration.ofNanos(timing.queueNanos()));
      prefill.record(Duration.ofNanos(timing.prefillNanos()));
      decode.record(Duration.ofNanos(timing.decodeNanos()));
    }
    if (completion > 1 && timing.decodeNanos() > 0) {
      rate.record((completion - 1) * 1e9 / timing.decodeNanos());
    }
    if (wasCancelled) {
      cancelled.increment();
    }
  }

  public void failed() {
    failed.increment();
  }

  /// @param vote `up` or `down`
  public void rated(String vote) {
    Counter.builder("imago_ratings")
        .description("Ratings of answers, by thumb")
        .tag("rating", vote)
        .register(registry)
        .increment();
  }

  @Override
  public void close() {
    registry.close();
  }
}
