/// Nomic's BERT: sees both sides, norms after each sum, rotary positions, gated feed-forward layers
/// and no biases but those of norms; of vectors. Hugging Face's `nomic_bert`, GGUF's `nomic-bert`.
/// Nussbaum et al. 2024, arXiv:2402.01613. Read [NomicBertShape], [NomicBertTable],
/// [NomicBertModel].
@NullMarked
package dev.imago.model.nomic;

import org.jspecify.annotations.NullMarked;
