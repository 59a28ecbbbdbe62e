package dev.imago.serve;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where traces and metrics are sent by OTLP. What is not said here is as OpenTelemetry's
/// environment variables (`OTEL_…`) say, and else as its SDK has it.
///
/// @param endpoint of a collector, such as `http://localhost:4318`; empty for the variables' or the
///   SDK's
/// @param headers of each request to it, such as a key
/// @param service the name of this one there; empty for the variables', or `imago`
/// @param share of the traces that begin here that is kept, 0 … 1; those of callers that have one
///   are kept where the callers keep them. −1 for the variables', or all
/// @param texts whether prompts and answers are told, too, as masking leaves them
public record OtlpSettings(
    String endpoint, Map<String, String> headers, String service, float share, boolean texts) {
  private static final float USUAL_SHARE = -1;

  public static final OtlpSettings USUAL = new OtlpSettings("", Map.of(), "", USUAL_SHARE, false);

  /// Any of which has traces or metrics sent.
  private static final String[] ENDPOINTS = {
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
  };

  private static final List<String> LENGTHS =
      List.of("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT");

  /// Of an attribute, such as all messages of a prompt.
  private static final String MOST_TEXT_CHARS = "65536";

  public OtlpSettings {
    headers = Map.copyOf(headers);
    if (!endpoint.isEmpty() && !isAddress(endpoint)) {
      throw new ConfigException(
          "endpoint = %s is no address of a collector; give one like http://localhost:4318"
              .formatted(endpoint));
    }
    if (share != USUAL_SHARE) {
      Bounds.number("share", share, 0, 1);
    }
    headers.forEach(
        (name, value) -> {
          if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || !value.matches("[\\t -~]*")) {
            throw new ConfigException(
                "headers: «%s» is no header of HTTP, or its value has characters that none may have"
                    .formatted(name));
          }
        });
  }

  private static boolean isAddress(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// What a process' environment asks for; empty where it names no collector.
  public static Optional<OtlpSettings> of(Map<String, String> environment) {
    for (String name : ENDPOINTS) {
      if (!environment.getOrDefault(name, "").isBlank()) {
        return Optional.of(USUAL);
      }
    }
    return Optional.empty();
  }

  /// As properties of OpenTelemetry's SDK, which come before its variables.
  ///
  /// @param environment of the process
  public Map<String, String> properties(Map<String, String> environment) {
    var properties = new LinkedHashMap<String, String>();
    if (!endpoint.isEmpty()) {
      properties.put("otel.exporter.otlp.endpoint", endpoint);
      // A signal's own comes before it, and may be among the variables.
      String base = endpoint.replaceFirst("/+$", "");
      properties.put("otel.exporter.otlp.traces.endpoint", base + "/v1/traces");
      properties.put("otel.exporter.otlp.metrics.endpoint", base + "/v1/metrics");
    } else if (only(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
      properties.put("otel.metrics.exporter", "none");
    } else if (only(environment, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")) {
      properties.put("otel.traces.exporter", "none");
    }
    if (!service.isEmpty()) {
      properties.put("otel.service.name", service);
    } else if (!environment.containsKey("OTEL_SERVICE_NAME")
        && !environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name=")) {
      properties.put("otel.service.name", "imago");
    }
    if (share >= 0) {
      properties.put("otel.traces.sampler", "parentbased_traceidratio");
      properties.put("otel.traces.sampler.arg", Float.toString(share));
    }
    properties.put("otel.logs.exporter", "none");
    if (environment.getOrDefault("OTEL_PROPAGATORS", "").isBlank()) {
      // No baggage by default: what callers say in it is not for other companies' servers.
      properties.put("otel.propagators", "tracecontext");
    }
    if (LENGTHS.stream().allMatch(name -> environment.getOrDefault(name, "").isBlank())) {
      // Spans wait for their collector in a queue that is bounded in number: so in bytes, too.
      properties.put("otel.span.attribute.value.length.limit", MOST_TEXT_CHARS);
    }
    return properties;
  }

  /// Whether an environment names a collector by one of the variables alone.
  private static boolean only(Map<String, String> environment, String name) {
    for (String each : ENDPOINTS) {
      if (each.equals(name) == environment.getOrDefault(each, "").isBlank()) {
        return false;
      }
    }
    return true;
  }
}
