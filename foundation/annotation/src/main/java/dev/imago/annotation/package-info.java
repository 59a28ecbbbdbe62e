/// What people are asked of an item, what they answer, and the files of both.
///
/// In: a task in YAML ([AnnotationTask]), items and answers in the files of label tools
/// ([AnnotationReader]). Out: the same answers in any of these files ([AnnotationWriter]).
/// Positions in a text are code points inside, at boundaries of what a reader sees as one character
/// ([Positions]). Knows no queue, no store, no page. Read [AnnotatedItem] first.
@NullMarked
package dev.imago.annotation;

import org.jspecify.annotations.NullMarked;
