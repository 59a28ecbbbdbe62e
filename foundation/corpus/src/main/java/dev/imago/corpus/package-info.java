/// What makes a corpus of raw documents, as pure functions.
///
/// In: documents, and [CorpusRules]. Out: what is written of each. Whoever drives it asks
/// [DocumentFilter] what each document is and which rule it breaks, lets [Selection] decide on the
/// set (rules of length that step back, [Duplicates], [HeldOut]), and has [DocumentFilter] make of
/// each what is written. The first and the last step run in any order, on any thread or machine;
/// the middle one needs no text. Knows nothing of stages, runs, files and tokens. Read
/// [DocumentFilter] first, then `Rule` and `NearDuplicates`.
@NullMarked
package dev.imago.corpus;

import org.jspecify.annotations.NullMarked;
