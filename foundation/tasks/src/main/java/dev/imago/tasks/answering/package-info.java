/// Answers to prompts and conversations: a model says, token by token, what an assistant would.
@NullMarked
package dev.imago.tasks.answering;

import org.jspecify.annotations.NullMarked;
