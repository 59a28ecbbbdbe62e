/// The main text of a page of HTML.
module dev.imago.pages {
  requires transitive org.jsoup;
  requires static transitive org.jspecify;

  exports dev.imago.pages;
}
