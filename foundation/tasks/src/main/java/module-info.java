/// What a model is trained and measured for.
module dev.imago.tasks {
  requires static transitive org.jspecify;
  requires dev.imago.linear;
  requires dev.imago.sequences;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.metrics;
  requires transitive dev.imago.model;
  requires transitive dev.imago.templates;
  requires transitive dev.imago.tokenizers;

  exports dev.imago.tasks;
  exports dev.imago.tasks.answering;
  exports dev.imago.tasks.classification;
  exports dev.imago.tasks.embedding;
  exports dev.imago.tasks.parsing;
  exports dev.imago.tasks.preference;
  exports dev.imago.tasks.reranking;
  exports dev.imago.tasks.rewriting;
  exports dev.imago.tasks.span;
  exports dev.imago.tasks.tagging;

  // Jackson binds records.
  opens dev.imago.tasks to
      tools.jackson.databind;
  opens dev.imago.tasks.classification to
      tools.jackson.databind;
  opens dev.imago.tasks.parsing to
      tools.jackson.databind;
  opens dev.imago.tasks.span to
      tools.jackson.databind;
  opens dev.imago.tasks.tagging to
      tools.jackson.databind;
}
