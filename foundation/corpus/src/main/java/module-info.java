/// Documents out of files, and a corpus of documents.
///
/// Lingua's own descriptor forgets Moshi: on a module path, start the JVM with `--add-reads
/// com.github.pemistahl.lingua=ALL-UNNAMED`.
module dev.imago.corpus {
  requires com.github.pemistahl.lingua;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.duplicates;
  requires dev.imago.languages;
  requires dev.imago.linear;
  requires dev.imago.ngram;
  requires transitive dev.imago.masking;
  requires dev.imago.pages;
  requires dev.imago.sources;
  requires org.jsoup;
  requires static transitive org.jspecify;

  exports dev.imago.corpus;
  exports dev.imago.corpus.extract;
}
