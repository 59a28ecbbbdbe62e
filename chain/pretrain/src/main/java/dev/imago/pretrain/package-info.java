/// Pre-training: tokens to weights.
///
/// In: [dev.imago.data.Tokens] and their vocabulary. Out: weights in a Hugging Face folder,
/// `loss.svg`, `metrics.jsonl`. Knows no document and no task. Read [Pretrain].
@NullMarked
package dev.imago.pretrain;

import org.jspecify.annotations.NullMarked;
