/// What repeats in a set of texts.
module dev.imago.duplicates {
  requires transitive dev.imago.core;
  requires static transitive org.jspecify;

  exports dev.imago.duplicates;
}
