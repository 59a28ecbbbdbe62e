/// Spans of names, chunks or slots in texts: `POST /tag`, with the fields of transformers'
/// pipeline.
@NullMarked
package dev.imago.serve.tagging;

import org.jspecify.annotations.NullMarked;
