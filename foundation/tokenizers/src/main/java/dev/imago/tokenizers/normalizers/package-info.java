/// What happens to text before it is split: every kind of `normalizer` of a `tokenizer.json`.
///
/// In: an aligned text. Out: another, its origins kept. Knows no vocabulary. Read [Normalizer].
@NullMarked
package dev.imago.tokenizers.normalizers;

import org.jspecify.annotations.NullMarked;
