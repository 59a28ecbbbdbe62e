/// A model in the same process as LangChain4j knows models: no HTTP, no server.
///
/// In: an opened model of `imago-generate`. Out: LangChain4j's `ChatModel`, `StreamingChatModel`,
/// `EmbeddingModel`. Knows nothing of how a model computes. Read [LangChainChatModel].
///
/// ```java
/// try (var model = LanguageModel.open(Path.of("model.gguf"), 4); var dialogue = new Dialogue(model, 8)) {
///   ChatModel chat = new LangChainChatModel(dialogue, LangChainDefaults.usual());
///   chat.chat("Why is the sky blue?");
/// }
/// ```
@NullMarked
package dev.imago.langchain4j;

import org.jspecify.annotations.NullMarked;
