/// Readers of what text comes in.
///
/// In: bytes of one file, hostile until read. Out: the streams, records or texts in it, each with
/// its place, and what was broken, with offset and reason; what can be found again after a broken
/// piece is read on. Every size is bounded. Knows nothing of corpora, rules and stages: the kinds
/// of file are told apart, and documents made, by `dev.imago.corpus.extract`. Read [Compression]
/// first, then [WarcReader].
@NullMarked
package dev.imago.sources;

import org.jspecify.annotations.NullMarked;
