/// What a model writes, taken apart: text for its reader, reasoning, and calls of tools.
///
/// In: the form that a model's chat template teaches it ([AnswerForm]), and its answer, whole or
/// piece by piece as it comes. Out: [AnswerPart]s, the same at whatever places the answer was cut.
/// Knows text only: no HTTP, no model, no sampling. Read [AnswerParser], then [CallSyntax].
///
/// ```java
/// AnswerForm form = AnswerForm.of(template);
/// var parser = new AnswerParser(form, OfferedTools.of(tools), Set.of(), false);
/// Answer answer = Answer.of(parser.add(text), parser.end(false));
/// ```
@NullMarked
package dev.imago.dialogue;

import org.jspecify.annotations.NullMarked;
