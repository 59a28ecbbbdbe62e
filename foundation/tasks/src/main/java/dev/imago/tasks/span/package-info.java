/// Answers that stand in a text: a question is asked of it, and where it is answered is told, or
/// that it is not.
///
/// A text that is longer than a model reads is asked in windows that overlap; the best stretch of
/// all of them is the answer. Read [SpanAnswering].
@NullMarked
package dev.imago.tasks.span;

import org.jspecify.annotations.NullMarked;
