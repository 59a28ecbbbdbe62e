/// Linear classifiers of text.
module dev.imago.linear {
  requires static transitive org.jspecify;

  exports dev.imago.linear;
}
