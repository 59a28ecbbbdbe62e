/// The language of a text.
module dev.imago.languages {
  requires static transitive org.jspecify;

  exports dev.imago.languages;
}
