/// Dependency trees of texts: `POST /parse`.
@NullMarked
package dev.imago.serve.parsing;

import org.jspecify.annotations.NullMarked;
