/// Tokenizers and chat templates, usable alone: one small jar without native code.
///
/// In: a `tokenizer.json` or a stream of texts, a `tokenizer_config.json`. Out: ids, bytes, text,
/// and the same two files. Knows no tensor, no artifact and no file of ours. Read [Tokenizer]
/// first, then [BpeTrainer] and [ChatTemplate]. A tokenizer is a chain of parts, each a closed set
/// of kinds that the file format names: normalizer, pre-tokenizer, model, added tokens.
///
/// Ids are those of Hugging Face tokenizers 0.23 and, for the patterns that it knows, of llama.cpp.
/// Three differences between them, and what we do: (1) its tables stop at Unicode 15, ours and
/// Hugging Face's at 16, so letters that are newer (Garay, Todhri …) split differently there; (2)
/// `(?i:'s)` matches `'ſ` (U+017F) in Hugging Face and not in llama.cpp: tokenizers that we write
/// spell the contractions out, which leaves no difference, and tokenizers that we read follow their
/// file; (3) neither normalises here: text that should be NFC must come so.
@NullMarked
package dev.imago.text;

import org.jspecify.annotations.NullMarked;
