package dev.imago.ngram;

import java.nio.charset.StandardCharsets;

/// The words of a model, and which of them are `<s>`, `</s>` and `<unk>`.
public sealed interface NgramWords permits WordIds, TokenIds {
  String BEGIN = "<s>";
  String END = "</s>";
  String UNKNOWN = "<unk>";

  /// V, `<s>` included.
  int size();

  /// The word of an id in 0 … V − 1, as it is written in a file: without white space.
  String word(int id);

  /// The id of `<s>`, before every sentence; it is never predicted.
  int begin();

  /// The id of `</s>`, after every sentence.
  int end();

  /// The id of `<unk>`; −1 where every word is known.
  int unknown();

  /// The spelling of a word in UTF-8.
  default byte[] utf8(int id) {
    return word(id).getBytes(StandardCharsets.UTF_8);
  }
}
