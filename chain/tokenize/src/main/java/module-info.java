/// A corpus to a tokenizer and tokens.
module dev.imago.tokenize {
  requires dev.imago.templates;
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.tokenizers;
  requires transitive dev.imago.vocabularies;

  exports dev.imago.tokenize;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.tokenize to
      dev.imago.core,
      tools.jackson.databind;
}
