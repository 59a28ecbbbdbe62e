/// GPT-2: pre-norm with layer norms, learnt positions, biases everywhere. Hugging Face's `gpt2`,
/// and GGUF's. Read [Gpt2Shape], [Gpt2Table], [Gpt2Model].
@NullMarked
package dev.imago.model.gpt2;

import org.jspecify.annotations.NullMarked;
