/// The link from weights to smaller weights: F16 and Q8_0 as GGUF, held to the loss of what they
/// were made of.
///
/// In: a tuned model's Hugging Face folder, held-out tokens. Out: two folders with one `model.gguf`
/// each. Knows nothing of how the model was trained. Read [Compress].
@NullMarked
package dev.imago.compress;

import org.jspecify.annotations.NullMarked;
