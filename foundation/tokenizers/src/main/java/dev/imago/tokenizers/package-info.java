/// Tokenizers of every kind: their files, their parts, encoding and streaming decode. Usable alone:
/// one small jar without native code.
///
/// In: a `tokenizer.json`, a SentencePiece model, tiktoken's ranks, a GGUF's vocabulary; then
/// texts. Out: ids, bytes, text, and the same files. Knows no tensor, no trainer, no template and
/// no file of ours. Read [Tokenizer] first, then [TokenizerParts]: a tokenizer is a chain of parts,
/// each a closed set of kinds that the file format names, each in a folder: normalizer,
/// pre-tokenizer, model, post-processor, decoder, added tokens.
///
/// ```java
/// Tokenizer tokenizer = Tokenizer.load(Path.of("tokenizer.json"));
/// int[] ids = tokenizer.encodeOrdinary("What users say, <s> too, as text");
/// TextStream stream = tokenizer.stream();
/// for (int id : ids) {
///   System.out.print(stream.feed(id)); // whole characters, as they come
/// }
/// System.out.println(stream.finish());
/// GgufTokens metadata = tokenizer.toGguf();
/// Files.write(Path.of("same.json"), tokenizer.toJson());
/// ```
///
/// Ids are those of Hugging Face tokenizers 0.23 and, for the patterns that it knows, of llama.cpp.
/// Three differences between them, and what we do: (1) its tables stop at Unicode 15, ours and
/// Hugging Face's at 16, so letters that are newer (Garay, Todhri …) split differently there; (2)
/// `(?i:'s)` matches `'ſ` (U+017F) in Hugging Face and not in llama.cpp: tokenizers that we write
/// spell the contractions out, which leaves no difference, and tokenizers that we read follow their
/// file; (3) neither normalises here: text that should be NFC must come so.
@NullMarked
package dev.imago.tokenizers;

import org.jspecify.annotations.NullMarked;
