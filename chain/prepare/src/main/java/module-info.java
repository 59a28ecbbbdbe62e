/// A raw corpus to one to train on.
@SuppressWarnings("requires-automatic") // HanLP is no module
module dev.imago.prepare {
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive dev.imago.corpus;
  requires dev.imago.languages;
  requires dev.imago.masking;
  requires dev.imago.sequences;
  requires transitive dev.imago.data;
  requires dev.imago.suites;
  // HanLP has no name but that of its jar.
  requires static hanlp.portable;
  requires tools.jackson.databind;

  exports dev.imago.prepare;

  // Stages are filled by core: configs, inputs and outputs are records.
  opens dev.imago.prepare to
      dev.imago.core,
      tools.jackson.databind;
}
