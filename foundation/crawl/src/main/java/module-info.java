/// A polite crawler, which leaves web archives.
module dev.imago.crawl {
  requires crawler.commons;
  requires transitive dev.imago.core;
  requires transitive dev.imago.fetch;
  requires org.jsoup;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;

  exports dev.imago.crawl;
}
