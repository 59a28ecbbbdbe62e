/// Verdicts on texts, by category.
module dev.imago.moderation {
  requires dev.imago.regex;
  requires transitive dev.imago.core;
  requires static transitive org.jspecify;

  exports dev.imago.moderation;
}
