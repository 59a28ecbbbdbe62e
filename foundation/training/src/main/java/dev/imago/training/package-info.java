/// The training loop: schedules, checkpoints, held-out loss, the curve.
///
/// In: a model's shape or folder, batches by step. Out: weights in a Hugging Face folder, metrics.
/// Knows no text, no task and no link. Read [Trainer], then [TrainableModel].
@NullMarked
package dev.imago.training;

import org.jspecify.annotations.NullMarked;
