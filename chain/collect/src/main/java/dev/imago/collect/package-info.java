/// The first link: sources in, raw documents out.
///
/// In: folders and files (`.txt .md .java .jsonl .zip .gz`) that a user names. Out: a corpus of raw
/// documents, `raw-*.jsonl.zst`, each with its place and its kind of content. Files are hostile
/// until read: every size is capped, what is broken is reported and passed over. Knows nothing of
/// quality, language or duplicates: that is prepare's. Read [Collect] first, then `Harvest`.
@NullMarked
package dev.imago.collect;

import org.jspecify.annotations.NullMarked;
