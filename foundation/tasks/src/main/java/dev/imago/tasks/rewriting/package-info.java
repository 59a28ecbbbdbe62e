/// A text for a text: translations and summaries, as pairs of a source and its target.
@NullMarked
package dev.imago.tasks.rewriting;

import org.jspecify.annotations.NullMarked;
