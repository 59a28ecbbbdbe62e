/// What makes a corpus of raw documents.
module dev.imago.corpus {
  requires com.github.pemistahl.lingua;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires static transitive org.jspecify;

  exports dev.imago.corpus;
}
