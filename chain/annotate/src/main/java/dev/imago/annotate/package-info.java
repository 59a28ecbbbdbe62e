/// The third link: documents in, labelled pairs out.
///
/// In: a prepared corpus. Out: pairs of prompt and completion, `train.jsonl` and `heldout.jsonl`,
/// each on the side of the split on which its document is. Today labels come by rule, from a
/// [Labeller]. Knows nothing of tokens and models. Read [Annotate] first, then `JavaDocLabeller`
/// for code and `ContinuationLabeller` for prose.
@NullMarked
package dev.imago.annotate;

import org.jspecify.annotations.NullMarked;
