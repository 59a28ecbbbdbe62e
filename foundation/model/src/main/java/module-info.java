/// The architectures, each a folder of its own that nobody else sees.
module dev.imago.model {
  requires static transitive org.jspecify;
  requires tools.jackson.dataformat.yaml;
  requires transitive com.fasterxml.jackson.annotation;
  requires transitive dev.imago.tensor;
  requires transitive tools.jackson.core;
  requires transitive tools.jackson.databind;

  exports dev.imago.model;

  // Jackson binds records that are not public.
  opens dev.imago.model to
      tools.jackson.databind;
}
