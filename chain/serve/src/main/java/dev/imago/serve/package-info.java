/// Weights to answers: an OpenAI-compatible HTTP server, with a chat page.
///
/// In: a [dev.imago.generate.LanguageModel] and a [ServerConfig]. Out: answers, metrics, and a log
/// of what users said of the answers. Knows no training and no artifact.
///
/// [Server] wires the features, each a folder with its routes: `models`, `completions`, `feedback`,
/// `metrics`, `page`; they stand on `http`, which knows none of them. A new route is a new folder
/// with a [dev.imago.http.Feature], and a line in [Server]. Read [Server] first.
@NullMarked
package dev.imago.serve;

import org.jspecify.annotations.NullMarked;
