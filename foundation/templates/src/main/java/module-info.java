/// Chat templates on a Jinja of our own.
module dev.imago.templates {
  requires transitive dev.imago.tokenizers;
  requires static transitive org.jspecify;

  exports dev.imago.templates;
}
