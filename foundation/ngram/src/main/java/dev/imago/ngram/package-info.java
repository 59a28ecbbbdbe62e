/// N-gram language models: p(word | the words before it) from counts.
///
/// In: sentences, as ids; or an ARPA file. Out: one file, which is mapped and asked. Counting takes
/// as much memory as it is told to and sorts the rest on disk. Knows nothing of text, tokenizers or
/// stages, and depends on nothing. Read [NgramTrainer], then [NgramCounter], [AdjustedCounts] and
/// [Estimation], which are the steps; [NgramModel] is what comes out.
///
/// Chen & Goodman 1999, «An empirical study of smoothing techniques for language modeling»; the
/// steps are those of Heafield et al. 2013, «Scalable Modified Kneser-Ney Language Model
/// Estimation».
///
/// *V vocabulary, N order, w₁ … wₙ an n-gram, its context w₁ … wₙ₋₁ and its suffix w₂ … wₙ. Suffix
/// order compares the last words first; context order the last words of the context first, and the
/// word after it last. p and back-off weights are log₁₀, as in ARPA files.*
@NullMarked
package dev.imago.ngram;

import org.jspecify.annotations.NullMarked;
