/// Tokens or a corpus to n-gram models.
module dev.imago.count {
  requires dev.imago.tokenizers;
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.ngram;

  exports dev.imago.count;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.count to
      dev.imago.core,
      tools.jackson.databind;
}
