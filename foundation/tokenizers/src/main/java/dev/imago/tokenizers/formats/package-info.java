/// The vocabularies that others write beside `tokenizer.json`: SentencePiece's `.model`, tiktoken's
/// rank files, and what a GGUF file holds.
///
/// In: a file's bytes, or a GGUF's values. Out: the parts that a tokenizer is made of. Knows no
/// tensor and no network. Read [VocabularyParts].
@NullMarked
package dev.imago.tokenizers.formats;

import org.jspecify.annotations.NullMarked;
