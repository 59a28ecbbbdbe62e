/// Verdicts on texts, by category: word lists, rules and classifiers, with thresholds.
///
/// In: a text, of a prompt or of an answer. Out: a score for each category, and which of them pass
/// their threshold. Knows nothing of models, servers and tenants. Read [Moderator], then
/// [ModerationVerdict].
@NullMarked
package dev.imago.moderation;

import org.jspecify.annotations.NullMarked;
