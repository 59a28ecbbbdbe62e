/// Fine-tuning: weights and labels to weights.
///
/// In: a pre-trained Hugging Face folder and [dev.imago.data.Labels]. Out: the same kind of folder,
/// taught to answer. Knows no HTTP and no metric. Read [Tune], then [Conversations].
@NullMarked
package dev.imago.tune;

import org.jspecify.annotations.NullMarked;
