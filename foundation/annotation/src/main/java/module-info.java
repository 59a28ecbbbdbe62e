/// Questions to people, their answers, and the files of both.
module dev.imago.annotation {
  requires dev.imago.metrics;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.dataformat.yaml;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive tools.jackson.databind;

  exports dev.imago.annotation;
}
