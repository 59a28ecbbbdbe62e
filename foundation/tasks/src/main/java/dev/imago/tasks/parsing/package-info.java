/// The head of each word of a sentence, and its relation to it: dependency trees, as Universal
/// Dependencies has them.
///
/// Read [Parsing]. Knows no gradients: the scorers are `dev.imago.model.Biaffine`.
@NullMarked
package dev.imago.tasks.parsing;

import org.jspecify.annotations.NullMarked;
