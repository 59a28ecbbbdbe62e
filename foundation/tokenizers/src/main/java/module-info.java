/// Tokenizers of every kind. Exported are the tokenizer and the parts that one is built of; the
/// fast path and the files of others are its own.
@SuppressWarnings({"requires-automatic", "module"}) // HanLP is none, and the sibling is built later
module dev.imago.tokenizers {
  requires transitive dev.imago.regex;
  requires transitive tools.jackson.core;
  requires transitive tools.jackson.databind;
  requires static transitive org.jspecify;
  // HanLP has no name but that of its jar.
  requires static hanlp.portable;

  exports dev.imago.tokenizers;
  exports dev.imago.tokenizers.added;
  exports dev.imago.tokenizers.aligned;
  exports dev.imago.tokenizers.decoders;
  exports dev.imago.tokenizers.json;
  exports dev.imago.tokenizers.models;
  exports dev.imago.tokenizers.normalizers;
  exports dev.imago.tokenizers.pretokenizers;
  exports dev.imago.tokenizers.processors;
  exports dev.imago.tokenizers.bytelevel to
      dev.imago.vocabularies;
}
