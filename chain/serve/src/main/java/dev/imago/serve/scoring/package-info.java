/// What is told of two texts: `POST /score`, in vLLM's form.
@NullMarked
package dev.imago.serve.scoring;

import org.jspecify.annotations.NullMarked;
