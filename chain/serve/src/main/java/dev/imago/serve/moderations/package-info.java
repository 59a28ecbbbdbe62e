/// OpenAI's moderations: `/v1/moderations`, by a served model of classes.
@NullMarked
package dev.imago.serve.moderations;

import org.jspecify.annotations.NullMarked;
