/// Word vectors and fastText's classifiers: trained, read, written and asked.
module dev.imago.vectors {
  requires dev.imago.metrics;
  requires jdk.incubator.vector;
  requires org.apache.lucene.core;
  requires static transitive org.jspecify;

  exports dev.imago.vectors;
}
