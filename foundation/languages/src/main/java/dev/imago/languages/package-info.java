/// The language of a text, told by its letters.
///
/// In: texts in known languages. Out: a model of 15 MB at most that tells the language of a text or
/// of its segments in microseconds, and its file. Knows nothing of documents, rules or stages, and
/// depends on nothing. Read [LanguageIdentifier], then [LanguageTrainer] and [ScriptWeights].
@NullMarked
package dev.imago.languages;

import org.jspecify.annotations.NullMarked;
