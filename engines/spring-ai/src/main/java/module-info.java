/// Models in the same process, for Spring AI.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // it has no descriptors
module dev.imago.springai {
  requires dev.imago.tasks;
  requires reactor.core;
  requires spring.ai.commons;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;
  requires transitive dev.imago.generate;
  requires transitive spring.ai.model;

  exports dev.imago.springai;
}
