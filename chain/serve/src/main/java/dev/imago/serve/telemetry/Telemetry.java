package dev.imago.serve.telemetry;

import dev.imago.http.RequestListener;
import dev.imago.serve.OtlpSettings;
import dev.imago.serve.metering.InferenceListener;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Tells whoever collects traces and metrics what requests took.
public interface Telemetry extends AutoCloseable {
  /// Tells nobody anything.
  Telemetry NONE =
      new Telemetry() {
        @Override
        public List<RequestListener> requests() {
          return List.of();
        }

        @Override
        public List<InferenceListener> inferences() {
          return List.of();
        }

        @Override
        public void propagate(BiConsumer<String, String> headers) {}

        @Override
        public void close() {}
      };

  /// By OTLP, where that is asked for.
  ///
  /// @throws dev.imago.core.ConfigException for settings that are wrong
  static Telemetry of(Optional<OtlpSettings> settings) {
    return settings.<Telemetry>map(OtlpTelemetry::start).orElse(NONE);
  }

  /// What hears of requests.
  List<RequestListener> requests();

  /// What hears of models' work on them.
  List<InferenceListener> inferences();

  /// Gives the headers by which a server that this thread is about to ask goes on with its trace.
  void propagate(BiConsumer<String, String> headers);

  @Override
  void close();
}
