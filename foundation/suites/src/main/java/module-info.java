/// Task suites: what is asked of a model, and how its answers are scored.
@SuppressWarnings("requires-automatic") // HanLP is no module
module dev.imago.suites {
  requires dev.imago.regex;
  requires dev.imago.sources;
  requires dev.imago.templates;
  // HanLP has no name but that of its jar.
  requires static hanlp.portable;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;
  requires transitive dev.imago.metrics;
  requires static transitive org.jspecify;

  exports dev.imago.suites;
}
