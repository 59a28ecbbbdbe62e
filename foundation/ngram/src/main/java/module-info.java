/// N-gram language models.
module dev.imago.ngram {
  requires static transitive org.jspecify;

  exports dev.imago.ngram;
}
