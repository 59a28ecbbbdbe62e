package dev.imago.serve.telemetry;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.core.ConfigException;
import dev.imago.http.RequestListener;
import dev.imago.serve.OtlpSettings;
import dev.imago.serve.metering.AnswerFacts;
import dev.imago.serve.metering.InferenceListener;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metrics.GenAiNames;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// By OTLP over HTTP, with OpenTelemetry's SDK. A request is a span of HTTP's conventions, a child
/// of the caller's where there is one (W3C Trace Context); a model's work on it is a span of the
/// conventions for generative AI below that.
final class OtlpTelemetry implements Telemetry {
  private static final String SCOPE = "dev.imago.serve";
  private static final String PROTOCOL = "http/protobuf";

  /// Asked by probes and scrapers every few seconds.
  private static final Set<String> UNTOLD = Set.of("/healthz", "/readyz", "/metrics");

  /// Those that a name may hold: whatever else a client calls its method is one.
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final TextMapGetter<RequestListener.Arrived> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(RequestListener.Arrived request) {
          return List.of();
        }

        @Override
        public @Nullable String get(RequestListener.@Nullable Arrived request, String name) {
          return request == null ? null : request.header().apply(name).orElse(null);
        }
      };

  private final OpenTelemetrySdk sdk;
  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final OtlpMetrics metrics;
  private final boolean texts;

  /// The request that this thread answers.
  private final ThreadLocal<Answering> answering = new ThreadLocal<>();

  private record Answering(Span span, Scope scope) {}

  private OtlpTelemetry(OpenTelemetrySdk sdk, boolean texts) {
    this.sdk = sdk;
    this.texts = texts;
    tracer = sdk.getTracer(SCOPE);
    propagator = sdk.getPropagators().getTextMapPropagator();
    metrics = new OtlpMetrics(sdk.getMeter(SCOPE));
  }

  /// @throws ConfigException for settings, of ours or of the environment, that are wrong
  static OtlpTelemetry start(OtlpSettings settings) {
    Map<String, String> environment = System.getenv();
    var properties = new HashMap<>(settings.properties(environment));
    for (String name :
        List.of(
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL")) {
      String given = environment.getOrDefault(name, "");
      if (!given.isBlank() && !given.equals(PROTOCOL)) {
        throw new ConfigException(
            "%s = %s is not spoken here: set %s, which collectors take at port 4318"
                .formatted(name, given, PROTOCOL));
      }
    }
    properties.put("otel.exporter.otlp.protocol", PROTOCOL);
    if (!settings.headers().isEmpty()) {
      String headers = OtlpText.headers(settings.headers());
      for (String of : List.of("", ".traces", ".metrics")) {
        properties.put("otel.exporter.otlp%s.headers".formatted(of), headers);
      }
    }
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .addPropertiesCustomizer(_ -> properties)
              .disableShutdownHook()
              .build()
              .getOpenTelemetrySdk();
      boolean told =
          settings.texts()
              || Boolean.parseBoolean(
                  environment.get("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"));
      return new OtlpTelemetry(sdk, told);
    } catch (ConfigurationException e) {
      throw new ConfigException("otlp: " + e.getMessage(), e);
    }
  }

  @Override
  public List<RequestListener> requests() {
    return List.of(
        new RequestListener() {
          @Override
          public void arrived(Arrived request) {
            OtlpTelemetry.this.arrived(request);
          }

          @Override
          public void answered(Answered request) {
            OtlpTelemetry.this.answered(request);
          }
        });
  }

  @SuppressWarnings("MustBeClosedChecker") // closed when the request is answered, by this thread
  private void arrived(RequestListener.Arrived request) {
    if (UNTOLD.contains(request.route())) {
      return;
    }
    Context caller = propagator.extract(Context.root(), request, HEADERS);
    String method = method(request.method());
    Span span =
        tracer
            .spanBuilder((method.equals("_OTHER") ? "HTTP" : method) + " " + request.route())
            .setParent(caller)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("http.request.method", method)
            .setAttribute("http.route", request.route())
            .startSpan();
    answering.set(new Answering(span, caller.with(span).makeCurrent()));
  }

  private static String method(String method) {
    return METHODS.contains(method) ? method : "_OTHER";
  }

  private void answered(RequestListener.Answered request) {
    Answering open = answering.get();
    if (open == null) {
      return;
    }
    answering.remove();
    open.scope.close();
    Span span = open.span;
    span.setAttribute("url.path", request.path());
    span.setAttribute("http.response.status_code", request.status());
    span.setAttribute("http.response.body.size", request.bytes());
    if (!request.userAgent().isEmpty()) {
      span.setAttribute("user_agent.original", request.userAgent());
    }
    if (request.status() >= 500) {
      span.setAttribute(GenAiNames.ERROR, Integer.toString(request.status()));
      span.setStatus(StatusCode.ERROR);
    }
    metrics.request(
        method(request.method()), request.route(), request.status(), request.nanos() / 1e9);
    span.end();
  }

  @Override
  public List<InferenceListener> inferences() {
    return List.of(this::begun);
  }

  @SuppressWarnings("MustBeClosedChecker") // closed when the inference is over, by this thread
  private InferenceListener.Inference begun(RequestMeter.Wanted wanted, boolean elsewhere) {
    String operation = GenAiNames.operation(wanted.path());
    String provider = GenAiNames.provider(elsewhere);
    Span span =
        tracer
            .spanBuilder(operation + " " + wanted.asked())
            .setSpanKind(elsewhere ? SpanKind.CLIENT : SpanKind.INTERNAL)
            .setAttribute(GenAiNames.OPERATION, operation)
            .setAttribute(GenAiNames.PROVIDER, provider)
            .setAttribute(GenAiNames.REQUEST_MODEL, wanted.asked())
            .startSpan();
    // What is asked of the other server is asked by this thread, until it has answered.
    Optional<Scope> scope = elsewhere ? Optional.of(span.makeCurrent()) : Optional.empty();
    long began = System.nanoTime();
    return new InferenceListener.Inference() {
      @Override
      public void ended(RequestOutcome outcome, TokenUse tokens, Optional<AnswerFacts> facts) {
        scope.ifPresent(Scope::close);
        span.setAttribute(GenAiNames.RESPONSE_MODEL, wanted.model());
        describe(span, tokens);
        facts.ifPresent(known -> describe(span, known));
        GenAiNames.error(outcome).ifPresent(error -> span.setAttribute(GenAiNames.ERROR, error));
        if (outcome == RequestOutcome.FAILED) {
          span.setStatus(StatusCode.ERROR);
        }
        metrics.inference(
            OtlpMetrics.of(wanted, elsewhere),
            (System.nanoTime() - began) / 1e9,
            outcome,
            tokens,
            facts);
        span.end();
      }

      @Override
      public void released() {
        scope.ifPresent(Scope::close);
        span.setAttribute(GenAiNames.ERROR, "busy");
        span.end();
      }
    };
  }

  private static void describe(Span span, TokenUse tokens) {
    span.setAttribute("gen_ai.usage.input_tokens", tokens.input());
    span.setAttribute("gen_ai.usage.output_tokens", tokens.output());
    if (tokens.cached() > 0) {
      span.setAttribute("gen_ai.usage.cache_read.input_tokens", tokens.cached());
    }
    if (tokens.reasoning() > 0) {
      span.setAttribute("gen_ai.usage.reasoning.output_tokens", tokens.reasoning());
    }
  }

  private void describe(Span span, AnswerFacts facts) {
    span.setAllAttributes(OtlpText.request(facts));
    span.setAllAttributes(OtlpText.response(facts));
    if (texts && span.isRecording()) {
      AnswerFacts.Texts said = facts.texts().get();
      span.setAttribute("gen_ai.input.messages", OtlpText.asked(said));
      span.setAttribute("gen_ai.output.messages", OtlpText.answered(said, facts));
    }
  }

  @Override
  public void propagate(BiConsumer<String, String> headers) {
    propagator.inject(Context.current(), headers, (_, name, value) -> headers.accept(name, value));
  }

  /// Sends what is left, within ten seconds.
  @Override
  public void close() {
    var _ = sdk.shutdown().join(10, TimeUnit.SECONDS);
  }
}
