/// Fine-tuning: weights and labels to weights.
///
/// In: a pre-trained Hugging Face folder and [dev.imago.data.Labels]. Out: the same kind of folder,
/// taught the labels' task. Knows no HTTP, no metric, and of tasks no more than
/// [dev.imago.tasks.Task] tells. Read [Tune], then [EpochBatches].
@NullMarked
package dev.imago.tune;

import org.jspecify.annotations.NullMarked;
