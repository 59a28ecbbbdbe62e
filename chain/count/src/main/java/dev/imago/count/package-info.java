/// The link count: tokens, or a corpus, become an n-gram model.
///
/// In: encoded documents, or documents and a way to cut them. Out: `model.ngram`, with what it
/// predicts of held-out text told. Knows nothing of how counts become probabilities
/// (`foundation/ngram`). Read [CountNgrams], then [TextUnits].
@NullMarked
package dev.imago.count;

import org.jspecify.annotations.NullMarked;
