/// Active learning: which items of a pool to have labelled next.
///
/// In: a [Pool] of items with what a model says of them. Out: the numbers of the items that a
/// [Strategy] chooses. Pure functions of pool and randomness. Knows no text, no model, no queue.
@NullMarked
package dev.imago.active;

import org.jspecify.annotations.NullMarked;
