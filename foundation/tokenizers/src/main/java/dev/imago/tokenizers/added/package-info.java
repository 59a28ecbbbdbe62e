/// Added tokens: what is found in text before text is split.
///
/// In: a text. Out: the tokens in it, and normalised text between them. Knows neither pieces nor
/// models, but for the ids that a model gives. Read [AddedVocabulary].
@NullMarked
package dev.imago.tokenizers.added;

import org.jspecify.annotations.NullMarked;
