/// GGUF to answers over HTTP.
@SuppressWarnings(
    "requires-automatic") // Micrometer and OpenTelemetry have names, and no descriptors
module dev.imago.serve {
  requires dev.imago.constraints;
  requires dev.imago.dialogue;
  requires dev.imago.http;
  requires transitive dev.imago.masking;
  requires dev.imago.model;
  requires transitive dev.imago.moderation;
  requires dev.imago.tasks;
  requires dev.imago.templates;
  requires dev.imago.tensor;
  requires dev.imago.tokenizers;
  requires io.opentelemetry.api;
  requires io.opentelemetry.context;
  requires io.opentelemetry.sdk;
  requires io.opentelemetry.sdk.autoconfigure;
  requires io.opentelemetry.sdk.autoconfigure.spi;
  requires io.opentelemetry.sdk.common;
  requires java.base;
  requires java.net.http;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.accounts;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.generate;

  exports dev.imago.serve;

  // Jackson binds records that are not public.
  opens dev.imago.serve to
      tools.jackson.databind;
}
