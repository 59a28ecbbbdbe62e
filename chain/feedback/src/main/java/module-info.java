/// Ratings to preference data and labels.
module dev.imago.feedback {
  requires dev.imago.tasks;
  requires transitive dev.imago.annotation;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;

  exports dev.imago.feedback;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.feedback to
      dev.imago.core,
      tools.jackson.databind;
}
