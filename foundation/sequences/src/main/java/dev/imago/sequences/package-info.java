/// The field's probabilistic taggers: hidden Markov models and linear-chain conditional random
/// fields.
///
/// In: sequences of rows of columns, with a tag each. Out: a model that gives the likeliest tags
/// and how sure each is, and its file. Knows nothing of text files, tokenizers, tasks or stages,
/// and depends on nothing. *T rows, L tags.* Read [CrfTrainer], then [FeatureTemplates],
/// [TagLattice] and [Lbfgs]; [HmmTrainer].
@NullMarked
package dev.imago.sequences;

import org.jspecify.annotations.NullMarked;
