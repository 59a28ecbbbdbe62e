/// OpenAI's batches: many requests in a file, answered when there is time, and still after a
/// restart; the answers are a file again. Read [BatchesFeature] first, then [BatchRun].
@NullMarked
package dev.imago.serve.batches;

import org.jspecify.annotations.NullMarked;
