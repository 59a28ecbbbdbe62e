/// Weights to answers: an OpenAI-compatible HTTP server on loopback, with a chat page.
///
/// In: a [dev.imago.generate.LanguageModel] and a [ServerConfig]. Out: answers, metrics, and a log
/// of what users said of the answers. Knows no training and no artifact; what a model is it knows
/// only through [Backend]. Read [Server] first, then [Completions].
@NullMarked
package dev.imago.serve;

import org.jspecify.annotations.NullMarked;
