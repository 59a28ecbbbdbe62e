/// Artifacts, stages, runs, recipes and the workspace.
module dev.imago.core {
  requires tools.jackson.dataformat.yaml;
  requires transitive com.fasterxml.jackson.annotation;
  requires transitive tools.jackson.core;
  requires transitive tools.jackson.databind;
  requires static transitive org.jspecify;

  exports dev.imago.core;

  // Jackson binds records that are not public.
  opens dev.imago.core to
      tools.jackson.databind;
}
