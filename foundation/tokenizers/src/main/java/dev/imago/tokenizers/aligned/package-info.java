/// Text that remembers where it came from, while normalizers and pre-tokenizers change it.
///
/// Knows no tokenizer. Read [AlignedText].
@NullMarked
package dev.imago.tokenizers.aligned;

import org.jspecify.annotations.NullMarked;
