package dev.imago.serve.telemetry;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.serve.metering.AnswerFacts;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metrics.GenAiNames;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import java.util.Arrays;
import java.util.Optional;

/// The histograms that are sent by OTLP: of HTTP's conventions, and of those for generative AI.
final class OtlpMetrics {
  private static final double[] REQUEST_SECONDS = {
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
  };

  private final DoubleHistogram requests;
  private final DoubleHistogram duration;
  private final DoubleHistogram firstToken;
  private final DoubleHistogram perToken;
  private final LongHistogram tokens;

  OtlpMetrics(Meter meter) {
    requests = seconds(meter, "http.server.request.duration", REQUEST_SECONDS);
    duration = seconds(meter, GenAiNames.DURATION, GenAiNames.DURATION_SECONDS);
    firstToken = seconds(meter, GenAiNames.FIRST_TOKEN, GenAiNames.FIRST_TOKEN_SECONDS);
    perToken = seconds(meter, GenAiNames.PER_TOKEN, GenAiNames.PER_TOKEN_SECONDS);
    tokens =
        meter
            .histogramBuilder(GenAiNames.TOKENS)
            .ofLongs()
            .setUnit("{token}")
            .setExplicitBucketBoundariesAdvice(
                Arrays.stream(GenAiNames.TOKEN_BOUNDS).mapToObj(each -> (long) each).toList())
            .build();
  }

  private static DoubleHistogram seconds(Meter meter, String name, double[] bounds) {
    return meter
        .histogramBuilder(name)
        .setUnit("s")
        .setExplicitBucketBoundariesAdvice(Arrays.stream(bounds).boxed().toList())
        .build();
  }

  void request(String method, String route, int status, double seconds) {
    var attributes =
        Attributes.builder()
            .put("http.request.method", method)
            .put("http.route", route)
            .put("http.response.status_code", status);
    if (status >= 500) {
      attributes.put(GenAiNames.ERROR, Integer.toString(status));
    }
    requests.record(seconds, attributes.build());
  }

  /// What is told of every model's work.
  static Attributes of(RequestMeter.Wanted wanted, boolean elsewhere) {
    return Attributes.builder()
        .put(GenAiNames.OPERATION, GenAiNames.operation(wanted.path()))
        .put(GenAiNames.PROVIDER, GenAiNames.provider(elsewhere))
        .put(GenAiNames.REQUEST_MODEL, wanted.asked())
        .put(GenAiNames.RESPONSE_MODEL, wanted.model())
        .build();
  }

  void inference(
      Attributes of,
      double seconds,
      RequestOutcome outcome,
      TokenUse used,
      Optional<AnswerFacts> facts) {
    duration.record(
        seconds,
        GenAiNames.error(outcome)
            .map(error -> of.toBuilder().put(GenAiNames.ERROR, error).build())
            .orElse(of));
    tokens("input", used.input(), of);
    tokens("output", used.output(), of);
    if (outcome == RequestOutcome.ANSWERED && facts.isPresent()) {
      if (facts.get().firstTokenNanos() > 0) {
        firstToken.record(facts.get().firstTokenNanos() / 1e9, of);
      }
      GenAiNames.perToken(facts.get(), used).ifPresent(each -> perToken.record(each, of));
    }
  }

  private void tokens(String kind, long count, Attributes of) {
    if (count > 0) {
      tokens.record(count, of.toBuilder().put(GenAiNames.TOKEN_TYPE, kind).build());
    }
  }
}
