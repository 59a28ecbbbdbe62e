/// Metrics equal to their references, intervals and tests.
module dev.imago.metrics {
  requires static transitive org.jspecify;

  exports dev.imago.metrics;
}
