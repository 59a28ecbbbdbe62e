/// A model's tokens without an answer: `/tokenize`, `/detokenize` and `/apply-template`, in vLLM's
/// form and llama.cpp's.
@NullMarked
package dev.imago.serve.tokens;

import org.jspecify.annotations.NullMarked;
