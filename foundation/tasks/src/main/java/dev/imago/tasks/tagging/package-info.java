/// Tags of words: named entities, chunks, slots, in the scheme BIO (IOB2), or parts of speech.
///
/// A tag's first letter says whether its word begins a span (`B`), goes on with one (`I`) or is of
/// none (`O`); the rest is the span's type. Read [Tagging].
@NullMarked
package dev.imago.tasks.tagging;

import org.jspecify.annotations.NullMarked;
