/// What repeats in a set of texts: whole texts, addresses, near copies, lines, substrings.
///
/// In: texts, one after another, in any order. Out: of each what it repeats, or which parts of it
/// are to go. Work beyond memory is done by sorting on disk and in mapped files, so that a budget
/// of memory changes the time and never the answer; every answer is a pure function of the set.
/// Knows nothing of documents' files, corpora and stages. Read [Deduplication] first, then
/// [RepeatedSubstrings].
@NullMarked
package dev.imago.duplicates;

import org.jspecify.annotations.NullMarked;
