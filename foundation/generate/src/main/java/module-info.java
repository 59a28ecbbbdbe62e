/// The CPU runtime.
module dev.imago.generate {
  requires static transitive org.jspecify;
  requires transitive dev.imago.constraints;
  requires transitive dev.imago.dialogue;
  requires transitive dev.imago.model;
  requires transitive dev.imago.templates;
  requires transitive dev.imago.tensor;
  requires transitive dev.imago.tokenizers;

  exports dev.imago.generate;
}
