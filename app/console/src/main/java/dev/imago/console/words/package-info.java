/// The texts of the pages, in each language that they speak, and how it writes numbers and times.
///
/// Read [Phrases].
@NullMarked
package dev.imago.console.words;

import org.jspecify.annotations.NullMarked;
