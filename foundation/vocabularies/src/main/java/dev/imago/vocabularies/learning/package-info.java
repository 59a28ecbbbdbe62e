/// Learning a vocabulary: words are counted, then tokens are learned from the counts.
///
/// In: texts, and what cuts them into words ([WordCutter]). Between: distinct words with 64-bit
/// counts ([CountedWords]), in memory or in sorted runs on disk. Out: tokens with merges or scores.
/// Knows no tokenizer and no `tokenizer.json`; the public entry points, `BpeTrainer` and its like,
/// stand in `dev.imago.vocabularies`. Read [WordCounter] first, then [MergeTrainer] and
/// [UnigramLearner].
@NullMarked
package dev.imago.vocabularies.learning;

import org.jspecify.annotations.NullMarked;
