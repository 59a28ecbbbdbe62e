/// The link that measures: weights in, scores out, each number with its interval.
///
/// In: a pre-trained and a tuned model, their vocabulary, held-out tokens and pairs. Out:
/// `scores.json` and `samples.jsonl`. Knows nothing of training and loads no libtorch: models run
/// on the runtime that serves them. Read [Evaluate], then [dev.imago.data.Excerpts], [CountedText],
/// [dev.imago.metrics.Bootstrap].
@NullMarked
package dev.imago.evaluate;

import org.jspecify.annotations.NullMarked;
