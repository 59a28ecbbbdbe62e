/// The route that orders texts by how well they belong to a query.
@NullMarked
package dev.imago.serve.reranking;

import org.jspecify.annotations.NullMarked;
