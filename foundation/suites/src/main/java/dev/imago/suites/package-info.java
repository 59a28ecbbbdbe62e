/// Task suites in the YAML of lm-evaluation-harness 0.4.13, at its values.
///
/// In: task files and their local data. Out: [ModelRequest]s, which a model answers with
/// [ModelReply]s, and of those the scores of items, tasks and groups. Knows no model, no tokenizer,
/// no stage. Read [Suite] first, then an item's way: [TaskFile] and [SuiteTask] (what a file says),
/// [DataFiles] (its rows), [FieldReader] (a row's fields by Jinja), [FewShots] and [Prompting]
/// (what is asked), [AnswerFilter] and [ItemScorer] (what an answer is worth), [Aggregation] and
/// [TaskScores].
///
/// What is Python there (`!function`) is refused by name.
@NullMarked
package dev.imago.suites;

import org.jspecify.annotations.NullMarked;
