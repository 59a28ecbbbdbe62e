/// A recipe's prepare, and the encoding to token shards, on Spark: the pure functions of
/// `foundation/corpus`, `foundation/duplicates` and `chain/prepare`, driven by a cluster. The same
/// documents give the same bytes as on one machine.
///
/// In: documents, as `raw-*.jsonl.zst` or as files of any kind that is read, on any file system
/// that Hadoop reads. Out: `corpus/`, `rejects/`, `tokens/` there. Knows nothing of workspaces,
/// runs and models. Read [PrepareFlow] first.
@NullMarked
package dev.imago.spark;

import org.jspecify.annotations.NullMarked;
