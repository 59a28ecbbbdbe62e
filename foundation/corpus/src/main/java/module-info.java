/// Documents out of files, and a corpus of documents.
@SuppressWarnings("requires-automatic") // HanLP is no module
module dev.imago.corpus {
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.duplicates;
  requires dev.imago.languages;
  requires dev.imago.linear;
  requires dev.imago.ngram;
  requires transitive dev.imago.masking;
  requires dev.imago.pages;
  requires dev.imago.sources;
  // HanLP has no name but that of its jar.
  requires static hanlp.portable;
  requires org.jsoup;
  requires static transitive org.jspecify;

  exports dev.imago.corpus;
  exports dev.imago.corpus.extract;
}
