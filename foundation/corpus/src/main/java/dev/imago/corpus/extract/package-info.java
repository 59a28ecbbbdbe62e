/// Documents out of files, as pure functions.
///
/// In: one file of any kind, [ExtractionSettings]. Out: its documents and all that was found on the
/// way, to an [ExtractionListener]. Files are hostile until read: every size is capped, and what is
/// broken is reported and passed over. A file gives the same documents whatever is read before,
/// after or beside it. Knows nothing of stages, and of where files come from. Read [Extractor]
/// first (files and archives), then `Texts` (streams of text), `RowTexts`, [Cutter].
@NullMarked
package dev.imago.corpus.extract;

import org.jspecify.annotations.NullMarked;
