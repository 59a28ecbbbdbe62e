/// Answers: `/v1/chat/completions` and `/v1/completions`, whole and as streams.
///
/// In: a request's fields ([RequestFields] says what is done with each) and a model. Out: OpenAI's
/// JSON, and the latest answers, kept so that they can be rated. Read [CompletionsFeature] first,
/// then [GenerationRequest].
@NullMarked
package dev.imago.serve.completions;

import org.jspecify.annotations.NullMarked;
