/// Vectors of texts, near where texts belong together: for search.
@NullMarked
package dev.imago.tasks.embedding;

import org.jspecify.annotations.NullMarked;
