/// GGUF to answers over HTTP.
@SuppressWarnings("requires-automatic") // Micrometer has names, and no descriptors
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
