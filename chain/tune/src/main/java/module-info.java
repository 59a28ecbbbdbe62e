/// Weights and labels to weights.
module dev.imago.tune {
  requires dev.imago.constraints;
  requires dev.imago.model;
  requires dev.imago.tasks;
  requires dev.imago.tensor;
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.torch;
  requires transitive dev.imago.training;

  exports dev.imago.tune;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.tune to
      dev.imago.core,
      tools.jackson.databind;
}
