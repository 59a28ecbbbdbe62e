/// The first link: sources in, raw documents out.
///
/// In: folders and files that a user names: text, Markdown, HTML, code, rows (JSONL, JSON, CSV,
/// TSV), in any common encoding, plain or in zip, tar and gzip. Out: a corpus of raw documents,
/// `raw-*.jsonl.zst`, each with its place and its kind of content. Files are hostile until read:
/// every size is capped, what is broken is reported and passed over, and nothing is lost in
/// silence. Knows nothing of quality, language or duplicates: that is prepare's. Read [Collect]
/// first, then `Extractor` in `foundation/corpus`, which reads each file.
@NullMarked
package dev.imago.collect;

import org.jspecify.annotations.NullMarked;
