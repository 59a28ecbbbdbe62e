/// Chat templates, and texts of fields, on a Jinja of our own.
module dev.imago.templates {
  requires dev.imago.regex;
  requires transitive dev.imago.tokenizers;
  requires static transitive org.jspecify;

  exports dev.imago.templates;
}
