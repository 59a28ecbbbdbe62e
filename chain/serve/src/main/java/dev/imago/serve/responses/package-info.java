/// OpenAI's responses: `/v1/responses` whole, as a stream of events or in the background, kept so
/// that others may follow them.
///
/// In: a request whose input is items, which [ResponsesRequest] reads as a chat. Out:
/// [ResponsesForm], whose items [OutputItems] makes. Read [ResponsesFeature] first.
@NullMarked
package dev.imago.serve.responses;

import org.jspecify.annotations.NullMarked;
