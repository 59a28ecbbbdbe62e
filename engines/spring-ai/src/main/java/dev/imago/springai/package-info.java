/// A model in the same process as Spring AI knows models: no HTTP, no server.
///
/// In: an opened model of `imago-generate`. Out: Spring AI's `ChatModel`, which streams too, and
/// `EmbeddingModel`. Knows nothing of how a model computes. Read [SpringChatModel].
@NullMarked
package dev.imago.springai;

import org.jspecify.annotations.NullMarked;
