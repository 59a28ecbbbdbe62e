/// Vectors of texts: `POST /v1/embeddings`, in OpenAI's form.
@NullMarked
package dev.imago.serve.embeddings;

import org.jspecify.annotations.NullMarked;
