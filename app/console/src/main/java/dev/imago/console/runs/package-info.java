/// Runs as lists know them: read from their folders, watched, kept in a file beside so that a start
/// is quick, filtered and sorted.
///
/// Files are the truth: what is here may be thrown away at any time. Knows no page and no curve.
/// Read [RunCatalog] first, then [RunEntry], then [RunQuery].
@NullMarked
package dev.imago.console.runs;

import org.jspecify.annotations.NullMarked;
