/// What is put around and between the tokens of texts: every kind of `post_processor` of a
/// `tokenizer.json`.
///
/// In: the encodings of a text, or of a text and its pair. Out: one encoding. Knows no vocabulary:
/// the ids that it puts in are its file's. Read [PostProcessor].
@NullMarked
package dev.imago.tokenizers.processors;

import org.jspecify.annotations.NullMarked;
