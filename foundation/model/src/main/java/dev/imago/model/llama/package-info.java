/// Llama and what is built like it: pre-norm, rotary positions, grouped-query attention, SwiGLU.
/// Hugging Face's `llama` and `qwen2`, GGUF's too. Read [LlamaShape], [LlamaTable], [LlamaModel].
@NullMarked
package dev.imago.model.llama;

import org.jspecify.annotations.NullMarked;
