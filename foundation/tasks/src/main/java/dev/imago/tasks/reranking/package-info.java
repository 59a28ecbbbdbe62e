/// How well a text belongs to a query, read together with it: one score.
@NullMarked
package dev.imago.tasks.reranking;

import org.jspecify.annotations.NullMarked;
