/// The loop, schedules, checkpoints and the curve.
module dev.imago.training {
  requires static transitive org.jspecify;
  requires java.management;
  requires jdk.management;
  requires tools.jackson.core;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.model;
  requires transitive dev.imago.tensor;
  requires transitive dev.imago.torch;
  requires transitive tools.jackson.databind;

  exports dev.imago.training;

  // Jackson binds records that are not public.
  opens dev.imago.training to
      tools.jackson.databind;
}
