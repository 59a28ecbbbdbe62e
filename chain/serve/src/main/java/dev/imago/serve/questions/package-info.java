/// Answers that stand in a text: `POST /question-answering`, in Hugging Face's form.
@NullMarked
package dev.imago.serve.questions;

import org.jspecify.annotations.NullMarked;
