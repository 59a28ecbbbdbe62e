/// The link tokenize: a corpus becomes a vocabulary, then tokens.
///
/// In: a corpus, split by prepare. Out: a tokenizer that Hugging Face loads, and memory-mapped
/// shards of ids, train and held-out apart. Knows nothing of how a tokenizer works
/// (foundation/text) nor of what tokens are for. Read [TrainTokenizer], then [EncodeCorpus].
@NullMarked
package dev.imago.tokenize;

import org.jspecify.annotations.NullMarked;
