/// The link embed: a corpus becomes word vectors.
///
/// In: documents. Out: `vectors.bin` and, with sub-words, `model.bin`, with what they are worth
/// told. Knows nothing of how vectors are learned (`foundation/vectors`). Read [TrainVectors], then
/// [WordCut].
@NullMarked
package dev.imago.embed;

import org.jspecify.annotations.NullMarked;
