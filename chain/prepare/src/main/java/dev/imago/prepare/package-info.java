/// The second link: raw documents in, a corpus out.
///
/// In: raw documents of collect. Out: documents to train on and documents held out, and every
/// reject with the rule that dropped it and the value measured. Text is normalised, judged by rules
/// of its kind of content, freed of exact and near duplicates and of e-mail and IP addresses, and
/// split once, for good. Knows nothing of tokens and models. Read [Prepare] first, then
/// `DocumentFilter` and `Selection` in `foundation/corpus`, which decide all of it.
@NullMarked
package dev.imago.prepare;

import org.jspecify.annotations.NullMarked;
