/// What goes on in a server, told to OpenTelemetry: traces and metrics by OTLP.
///
/// Knows of requests and inferences what [dev.imago.http.RequestListener] and
/// [dev.imago.serve.metering.InferenceListener] hear, and nothing of how answers are made. The SDK
/// is loaded by [dev.imago.serve.telemetry.OtlpTelemetry] alone, where somebody asks for it.
@NullMarked
package dev.imago.serve.telemetry;

import org.jspecify.annotations.NullMarked;
