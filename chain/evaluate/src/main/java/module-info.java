/// Weights to scores.
module dev.imago.evaluate {
  requires dev.imago.generate;
  requires dev.imago.metrics;
  requires dev.imago.model;
  requires dev.imago.ngram;
  requires dev.imago.tasks;
  requires dev.imago.templates;
  requires dev.imago.tensor;
  requires dev.imago.tokenizers;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;

  exports dev.imago.evaluate;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.evaluate to
      dev.imago.core,
      tools.jackson.databind;
}
