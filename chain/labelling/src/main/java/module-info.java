/// People who label: queue, store, page, snapshot.
module dev.imago.labelling {
  requires dev.imago.http;
  requires dev.imago.active;
  requires dev.imago.linear;
  requires dev.imago.metrics;
  requires dev.imago.regex;
  requires dev.imago.tasks;
  requires tools.jackson.dataformat.yaml;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.accounts;
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
