/// Tokens to weights.
module dev.imago.pretrain {
  requires dev.imago.model;
  requires dev.imago.tensor;
  requires dev.imago.tokenizers;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.torch;
  requires transitive dev.imago.training;

  exports dev.imago.pretrain;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.pretrain to
      dev.imago.core,
      tools.jackson.databind;
}
