/// Word vectors, and fastText's classifiers that rest on them.
///
/// In: sentences of words. Out: a vector for each word, also for words that were never seen; of
/// texts with labels, a classifier. Files: fastText's `.bin` and `.ftz`, word2vec's binary and
/// text. Knows nothing of tokenizers and stages. Read [VectorTrainer], then [BlockTraining] and
/// [FastTextModel].
@NullMarked
package dev.imago.vectors;

import org.jspecify.annotations.NullMarked;
