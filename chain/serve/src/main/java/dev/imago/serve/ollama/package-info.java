/// Ollama's way to ask for answers: `/api/chat`, `/api/generate`, `/api/tags`, `/api/show`,
/// `/api/version`; streams are lines of JSON.
///
/// In: a request in Ollama's form, which [OllamaRequest] reads as a chat or a text. Out:
/// [OllamaForm].
@NullMarked
package dev.imago.serve.ollama;

import org.jspecify.annotations.NullMarked;
