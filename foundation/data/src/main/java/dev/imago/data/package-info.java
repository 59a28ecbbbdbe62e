/// The files that links exchange: documents, labelled examples, token shards.
///
/// In: folders of artifacts. Out: records, streamed; nothing is read whole; and what of them is
/// held against a model ([HeldOutText]). Knows no link and no tokenizer. Read [Document], then
/// [Documents], [Examples] and [TokenShards].
@NullMarked
package dev.imago.data;

import org.jspecify.annotations.NullMarked;
