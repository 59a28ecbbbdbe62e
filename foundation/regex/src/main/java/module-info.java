/// Regular expressions in the dialect of tokenizer files.
module dev.imago.regex {
  requires static transitive org.jspecify;

  exports dev.imago.regex;
}
