/// Weights to GGUF.
module dev.imago.compress {
  requires dev.imago.generate;
  requires dev.imago.model;
  requires dev.imago.tensor;
  requires dev.imago.tokenizers;
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;

  exports dev.imago.compress;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.compress to
      dev.imago.core,
      tools.jackson.databind;
}
