/// People who label: queue, store, page, snapshot.
module dev.imago.labelling {
  requires dev.imago.http;
  requires dev.imago.tasks;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.agreement;
  requires transitive dev.imago.annotation;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.state;

  exports dev.imago.labelling;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.labelling to
      dev.imago.core,
      tools.jackson.databind;
}
