/// A corpus to word vectors.
module dev.imago.embed {
  requires dev.imago.tokenizers;
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.vectors;

  exports dev.imago.embed;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.embed to
      dev.imago.core,
      tools.jackson.databind;
}
