/// A corpus, or a user's rows, to labels.
module dev.imago.annotate {
  requires dev.imago.tasks;
  requires java.compiler;
  requires jdk.compiler;
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.linear;
  requires transitive dev.imago.vectors;

  exports dev.imago.annotate;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.annotate to
      dev.imago.core,
      tools.jackson.databind;
}
