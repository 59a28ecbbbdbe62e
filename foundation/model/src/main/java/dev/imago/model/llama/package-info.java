/// Llama and what is built like it: pre-norm, rotary positions, grouped-query attention, SwiGLU.
/// Hugging Face's `llama`, `mistral`, `qwen2`, `qwen3` and `phi3`, GGUF's too. Read [LlamaShape],
/// [LlamaTable], [LlamaModel].
@NullMarked
package dev.imago.model.llama;

import org.jspecify.annotations.NullMarked;
