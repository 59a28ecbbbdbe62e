/// Files to a raw corpus.
module dev.imago.collect {
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.corpus;
  requires transitive dev.imago.crawl;
  requires transitive dev.imago.data;
  requires dev.imago.fetch;

  exports dev.imago.collect;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.collect to
      dev.imago.core,
      tools.jackson.databind;
}
