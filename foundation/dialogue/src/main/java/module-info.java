/// What a model writes, as text, reasoning and tool calls.
module dev.imago.dialogue {
  requires transitive dev.imago.constraints;
  requires transitive dev.imago.templates;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;

  exports dev.imago.dialogue;
}
