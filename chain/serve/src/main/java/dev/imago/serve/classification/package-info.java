/// Classes of texts: `POST /classify`, in vLLM's form.
@NullMarked
package dev.imago.serve.classification;

import org.jspecify.annotations.NullMarked;
