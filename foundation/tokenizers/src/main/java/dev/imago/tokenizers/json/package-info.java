/// The JSON of `tokenizer.json`, read with complaints that name the place.
///
/// Knows no kind of part: each kind reads and writes itself. Read [Part].
@NullMarked
package dev.imago.tokenizers.json;

import org.jspecify.annotations.NullMarked;
