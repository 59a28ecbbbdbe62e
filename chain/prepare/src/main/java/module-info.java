/// A raw corpus to one to train on.
module dev.imago.prepare {
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.corpus;
  requires dev.imago.masking;
  requires transitive dev.imago.data;

  exports dev.imago.prepare;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.prepare to
      dev.imago.core,
      tools.jackson.databind;
}
