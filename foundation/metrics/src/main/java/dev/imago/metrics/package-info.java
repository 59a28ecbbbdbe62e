/// Metrics at the values of their references, with signatures in the references' spelling, and the
/// statistics that say what a number is worth.
///
/// In: texts and references, labels, tags, rankings, scores of items. Out: numbers, intervals,
/// verdicts. Knows no model, no file and no stage: usable alone. Of texts read [TextMetric] first,
/// whose implementations are [Bleu], [Chrf], [Ter], [Rouge], [AnswerMatch] and [ErrorRate].
///
/// A choice that changes a number is a component of the metric's record and stands in its
/// signature.
@NullMarked
package dev.imago.metrics;

import org.jspecify.annotations.NullMarked;
