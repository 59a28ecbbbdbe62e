/// Weights to scores.
@SuppressWarnings("requires-automatic") // HanLP is no module
module dev.imago.evaluate {
  requires com.networknt.schema;
  requires dev.imago.generate;
  requires transitive dev.imago.languages;
  requires dev.imago.metrics;
  requires dev.imago.model;
  requires dev.imago.ngram;
  requires java.net.http;
  requires dev.imago.tasks;
  requires dev.imago.templates;
  requires dev.imago.tensor;
  requires dev.imago.tokenizers;
  // HanLP has no name but that of its jar.
  requires static hanlp.portable;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.suites;

  exports dev.imago.evaluate;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.evaluate to
      dev.imago.core,
      tools.jackson.databind;
}
