/// What an answer must be, as masks over tokens.
module dev.imago.constraints {
  requires static transitive org.jspecify;
  requires transitive dev.imago.tokenizers;
  requires tools.jackson.databind;

  exports dev.imago.constraints;
}
