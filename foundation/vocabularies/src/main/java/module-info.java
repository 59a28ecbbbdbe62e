/// The training of vocabularies.
module dev.imago.vocabularies {
  requires transitive dev.imago.tokenizers;
  requires static transitive org.jspecify;

  exports dev.imago.vocabularies;
}
