/// Tokens back to text: every kind of `decoder` of a `tokenizer.json`, each as a pipe, so that
/// streaming and decoding at once cannot differ.
///
/// In: the tokens' spellings. Out: text. Knows no ids. Read [Decoder].
@NullMarked
package dev.imago.tokenizers.decoders;

import org.jspecify.annotations.NullMarked;
