package dev.imago.serve.metrics;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.serve.metering.AnswerFacts;
import dev.imago.serve.metering.InferenceListener;
import dev.imago.serve.metering.RequestMeter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// The metrics of models by the names that OpenTelemetry's conventions for generative AI give them.
final class GenAiMetrics implements InferenceListener {
  private final MeterRegistry registry;

  GenAiMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Inference begun(RequestMeter.Wanted wanted, boolean elsewhere) {
    long began = System.nanoTime();
    return new Inference() {
      @Override
      public void ended(RequestOutcome outcome, TokenUse tokens, Optional<AnswerFacts> facts) {
        record(wanted, elsewhere, System.nanoTime() - began, outcome, tokens, facts);
      }

      @Override
      public void released() {}
    };
  }

  private void record(
      RequestMeter.Wanted wanted,
      boolean elsewhere,
      long nanos,
      RequestOutcome outcome,
      TokenUse tokens,
      Optional<AnswerFacts> facts) {
    Tags tags =
        Tags.of(
            GenAiNames.OPERATION,
            GenAiNames.operation(wanted.path()),
            GenAiNames.PROVIDER,
            GenAiNames.provider(elsewhere),
            GenAiNames.REQUEST_MODEL,
            wanted.asked(),
            GenAiNames.RESPONSE_MODEL,
            wanted.model());
    // Prometheus has one set of labels for a name: what is none is empty.
    timer(
            GenAiNames.DURATION,
            "From the beginning of a model's work on a request to its end",
            GenAiNames.DURATION_SECONDS,
            tags.and(GenAiNames.ERROR, GenAiNames.error(outcome).orElse("")))
        .record(Duration.ofNanos(nanos));
    tokens("input", tokens.input(), tags);
    tokens("output", tokens.output(), tags);
    facts
        .filter(known -> outcome == RequestOutcome.ANSWERED)
        .ifPresent(
            known -> {
              if (known.firstTokenNanos() > 0) {
                timer(
                        GenAiNames.FIRST_TOKEN,
                        "From a request's arrival to the first token of its answer",
                        GenAiNames.FIRST_TOKEN_SECONDS,
                        tags)
                    .record(Duration.ofNanos(known.firstTokenNanos()));
              }
              GenAiNames.perToken(known, tokens)
                  .ifPresent(
                      each ->
                          timer(
                                  GenAiNames.PER_TOKEN,
                                  "Of each token of an answer after its first",
                                  GenAiNames.PER_TOKEN_SECONDS,
                                  tags)
                              .record(Duration.ofNanos((long) (each * 1e9))));
            });
  }

  private Timer timer(String name, String description, double[] seconds, Tags tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(
            Arrays.stream(seconds)
                .mapToObj(each -> Duration.ofNanos(Math.round(each * 1e9)))
                .toArray(Duration[]::new))
        .register(registry);
  }

  private void tokens(String kind, long count, Tags tags) {
    if (count == 0) {
      return;
    }
    DistributionSummary.builder(GenAiNames.TOKENS)
        .description("Tokens of prompts (input) and of answers (output), a request")
        .tags(tags.and(GenAiNames.TOKEN_TYPE, kind))
        .serviceLevelObjectives(GenAiNames.TOKEN_BOUNDS)
        .register(registry)
        .record(count);
  }
}
