/// Anthropic's way to ask for answers: `/v1/messages`, whole and as a stream of events, and
/// `/v1/messages/count_tokens`.
///
/// In: a request in Anthropic's form, which [MessagesRequest] reads as a chat. Out: [MessagesForm].
@NullMarked
package dev.imago.serve.messages;

import org.jspecify.annotations.NullMarked;
