/// Where text is cut before a model sees it: every kind of `pre_tokenizer` of a `tokenizer.json`.
///
/// In: normalised, aligned text. Out: its pieces. Knows no vocabulary. Read [PreTokenizer].
@NullMarked
package dev.imago.tokenizers.pretokenizers;

import org.jspecify.annotations.NullMarked;
