/// Pieces of text to tokens: every kind of `model` of a `tokenizer.json`.
///
/// In: a piece of text. Out: ids, and where in the piece they stand. Knows no special token. Read
/// [TokenModel].
@NullMarked
package dev.imago.tokenizers.models;

import org.jspecify.annotations.NullMarked;
