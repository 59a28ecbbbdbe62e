/// Agreement of people on labels, and their aggregation.
module dev.imago.agreement {
  requires static transitive org.jspecify;
  requires transitive dev.imago.metrics;

  exports dev.imago.agreement;
}
