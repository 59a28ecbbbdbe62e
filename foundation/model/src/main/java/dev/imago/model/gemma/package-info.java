/// Gemma 3's texts: norms before and after each part, of queries and keys too, whose weights are
/// less by 1 in Hugging Face's files; windows in all layers but every sixth, which has a rope of
/// its own. Hugging Face's `gemma3_text`, GGUF's `gemma3`. Read [GemmaShape], [GemmaTable],
/// [GemmaModel].
@NullMarked
package dev.imago.model.gemma;

import org.jspecify.annotations.NullMarked;
